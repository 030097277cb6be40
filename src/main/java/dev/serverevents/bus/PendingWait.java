package dev.serverevents.bus;

import static java.util.Objects.requireNonNull;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.bus.Deployments.Deployment;
import dev.serverevents.redis.Kept;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One wait, from its making to its end. What changes in it is used on its owner's context only, but
 * for the hand-over, which runs on the caller's.
 */
public final class PendingWait extends Subscriber implements EventWait {

  /** Starts a job when its wait is heard; takes the channel for the reply to a direct wait. */
  interface HandOver extends Function<String, Future<?>> {}

  private final EventKey key;
  private final long timeout;
  private final boolean retained;
  private final boolean direct;
  private final long since = System.nanoTime();
  private final ContextInternal caller;
  private final Promise<EventArgs> result;
  private final @Nullable Promise<Void> subscribed;

  private @Nullable HandOver handOver;
  private final boolean isRequest;
  private @Nullable Deployment verticle;
  private @Nullable Inbox inbox;
  private boolean heard;
  private boolean cancelled;
  private long epoch;

  /** What was kept when a request began, and does not answer it. */
  private @Nullable Kept before;

  // Kept by the Timeouts.
  Timeouts.@Nullable Group group;
  @Nullable PendingWait previous;
  @Nullable PendingWait next;

  /**
   * Creates one.
   *
   * @param timeout in ms
   * @param retained whether an event counts that was kept
   * @param direct whether it waits for a direct reply
   * @param handOver if it has a job to start; otherwise {@link #subscribed()} tells
   * @param caller where its Futures complete
   */
  PendingWait(
      BusServerEvents owner,
      EventKey key,
      long timeout,
      boolean retained,
      boolean direct,
      @Nullable HandOver handOver,
      ContextInternal caller) {
    super(owner);
    this.key = key;
    this.timeout = timeout;
    this.retained = retained;
    this.direct = direct;
    this.handOver = handOver;
    this.caller = caller;
    isRequest = handOver != null;
    result = caller.promise();
    subscribed = isRequest ? null : caller.promise();
  }

  EventKey key() {
    return key;
  }

  /** In ms. */
  long timeout() {
    return timeout;
  }

  /** When it was made, a {@link System#nanoTime()}. */
  long since() {
    return since;
  }

  boolean isDirect() {
    return direct;
  }

  @Override
  public String channel() {
    return inbox == null ? key.channel() : inbox.channel();
  }

  @Override
  public boolean takes(EventKey other) {
    return key.equals(other);
  }

  @Override
  public @Nullable EventKey retainedKey() {
    return retained ? key : null;
  }

  @Override
  public boolean isRequest() {
    return isRequest;
  }

  @Override
  public boolean hasEnded() {
    return result.future().isComplete();
  }

  void start(Deployment verticle) {
    this.verticle = verticle;
  }

  Deployment verticle() {
    return requireNonNull(verticle);
  }

  /** The inbox where its reply comes. */
  void use(Inbox inbox) {
    this.inbox = inbox;
  }

  @Nullable Inbox inbox() {
    return inbox;
  }

  /** Whether it has begun and has not ended. */
  private boolean isPending() {
    return group != null;
  }

  /** Its inbox is heard, for the first time or again. */
  void inboxHeard(long epoch) {
    if (isPending() && retained) {
      verticle().commands().add(new Command.LookUp(this));
    } else {
      subscribed(epoch);
    }
  }

  @Override
  void subscribed(long epoch) {
    if (!isPending()) {
      return;
    }
    if (!heard || retained) {
      this.epoch = epoch;
    }
    if (!heard) {
      heard = true;
      if (subscribed != null) {
        subscribed.tryComplete();
      } else {
        caller.emit(this, PendingWait::handOver);
      }
    } else {
      owner().waits().settleAgain(this);
    }
  }

  @Override
  void lost() {
    epoch = LOST;
  }

  /**
   * A request is not answered by what was kept before it began. Where the expiry is not known, what
   * is kept after a gap may be that, or the same result once more: then nothing is known.
   */
  @Override
  void lookedUp(long epoch, @Nullable Kept kept) {
    if (!isPending()) {
      return;
    }
    if (isRequest && !heard) {
      before = kept;
      subscribed(epoch);
    } else if (kept == null) {
      subscribed(epoch);
    } else if (before == null || !kept.mayBe(before)) {
      owner().waits().found(this, kept.payload());
    } else if (kept.expiresAt() != Kept.UNDATED && before.expiresAt() != Kept.UNDATED) {
      subscribed(epoch);
    } else {
      lost();
    }
  }

  @Override
  void arrived(Payload payload) {
    owner().waits().arrived(this, payload);
  }

  @Override
  void settled(long settledEpoch, @Nullable String why) {
    owner().waits().settled(this, settledEpoch, why);
  }

  @Override
  void ended(Throwable cause) {
    owner().waits().ended(this, cause);
  }

  /** Tells whether it was heard all along on a connection. */
  boolean wasHeardOn(long connection) {
    return connection != 0 && epoch == connection;
  }

  /** Whether it may still learn that it was heard all along. */
  boolean isLookingUp() {
    return retained && epoch != LOST;
  }

  /** It was heard all along, and nothing came. */
  EventTimeoutException timedOut() {
    return new EventTimeoutException(key.name(), key.id(), timeout);
  }

  /** It is not known whether something came. */
  UnavailableException unknown(@Nullable String why) {
    return Endings.unknown(key, timeout, why);
  }

  private void handOver() {
    var job = requireNonNull(handOver);
    handOver = null;
    Future<?> handedOver;
    try {
      handedOver = job.apply(channel());
      if (handedOver == null) {
        handedOver =
            Future.failedFuture(
                new NullPointerException("The hand-over returned null in the place of a Future"));
      }
    } catch (Throwable failure) { // an Error as well: the wait must not outlast it
      handedOver = Future.failedFuture(failure);
    }
    handedOver.onFailure(this::end);
  }

  /** Ends with an event, or with the failure that it says. */
  void complete(Payload payload) {
    if (payload.failure() != null) {
      fail(payload.failure());
      return;
    }
    if (subscribed != null) {
      subscribed.tryComplete();
    }
    tellEnded(null);
    result.complete(payload.args());
  }

  void fail(Throwable cause) {
    if (subscribed != null) {
      subscribed.tryFail(cause);
    }
    tellEnded(cause);
    result.tryFail(cause);
  }

  private void tellEnded(@Nullable Throwable cause) {
    var metrics = owner().metrics();
    if (metrics != ServerEventsMetrics.NONE) {
      metrics.waitEnded(key.name(), cause, System.nanoTime() - since);
    }
  }

  @Override
  public Future<EventArgs> future() {
    return result.future();
  }

  @Override
  public Future<Void> subscribed() {
    return requireNonNull(subscribed).future();
  }

  @Override
  public void cancel() {
    end(cancelled());
  }

  static WaitCancelledException cancelled() {
    return new WaitCancelledException("The wait was cancelled");
  }

  private void end(Throwable cause) {
    owner().end(this, cause);
  }

  /** It is to end as soon as it begins. */
  void cancelStart() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }
}
