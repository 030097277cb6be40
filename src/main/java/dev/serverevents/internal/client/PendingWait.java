package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNull;

import dev.serverevents.EventArgs;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One wait, from its making to its end. What changes in it is used on its owner's context only, but
 * for the hand-over, which runs on the caller's.
 */
final class PendingWait extends Timeouts.Timed<PendingWait>
    implements Subscriber, Inbox.Guest, EventWait {

  /** What it asks of the ServerEvents that it belongs to. */
  interface Owner {
    /** Where it lives. */
    Home home();

    /** An event came for it. Its verticle has forgotten it already. */
    void arrived(PendingWait wait, Payload payload);

    /** An event was found that was kept for it. */
    void found(PendingWait wait, Payload payload);

    /** It has failed. Its verticle has forgotten it already. */
    void ended(PendingWait wait, Throwable cause);

    /** It is to end; called on any thread. */
    void stop(PendingWait wait, Throwable cause);

    /** It is heard again: if its time is over, it may be settled now. */
    void settleAgain(PendingWait wait);

    /** See {@link Subscriber#settled}. */
    void settled(PendingWait wait, long epoch, @Nullable String why);
  }

  /** Starts a job when its wait is heard; takes the channel for the reply to a direct wait. */
  interface HandOver extends Function<String, Future<?>> {}

  private final Owner owner;
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
      Owner owner,
      EventKey key,
      long timeout,
      boolean retained,
      boolean direct,
      @Nullable HandOver handOver,
      ContextInternal caller) {
    this.owner = owner;
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

  @Override
  long timeout() {
    return timeout;
  }

  @Override
  long since() {
    return since;
  }

  boolean isDirect() {
    return direct;
  }

  @Override
  public Mailbox<Notice> notices() {
    return owner.home().notices();
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

  @Override
  ServerEventsOptions settings() {
    return verticle().options();
  }

  /** The inbox where its reply comes. */
  void use(Inbox inbox) {
    this.inbox = inbox;
  }

  @Nullable Inbox inbox() {
    return inbox;
  }

  @Override
  public void inboxHeard(long epoch) {
    if (isRunning() && retained) {
      verticle().commands().add(new Command.LookUp(this));
    } else {
      subscribed(epoch);
    }
  }

  @Override
  public void subscribed(long epoch) {
    if (!isRunning()) {
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
      owner.settleAgain(this);
    }
  }

  @Override
  public void lost() {
    epoch = LOST;
  }

  /**
   * A request is not answered by what was kept before it began. Where the expiry is not known, what
   * is kept after a gap may be that, or the same result once more: then nothing is known.
   */
  @Override
  public void lookedUp(long epoch, @Nullable Kept kept) {
    if (!isRunning()) {
      return;
    }
    if (isRequest && !heard) {
      before = kept;
      subscribed(epoch);
    } else if (kept == null) {
      subscribed(epoch);
    } else if (before == null || !kept.mayBe(before)) {
      owner.found(this, kept.payload());
    } else if (kept.expiresAt() != Kept.UNDATED && before.expiresAt() != Kept.UNDATED) {
      subscribed(epoch);
    } else {
      lost();
    }
  }

  @Override
  public void arrived(Payload payload) {
    owner.arrived(this, payload);
  }

  @Override
  public void settled(long settledEpoch, @Nullable String why) {
    owner.settled(this, settledEpoch, why);
  }

  @Override
  public void ended(Throwable cause) {
    owner.ended(this, cause);
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
    var metrics = owner.home().metrics();
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
    owner.stop(this, cause);
  }

  /** It is to end as soon as it begins. */
  void cancelStart() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }
}
