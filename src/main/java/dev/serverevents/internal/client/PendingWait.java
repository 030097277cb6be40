package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNull;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Timeline;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One wait, from its making to its end. A {@link PlainWait} tells its caller when it is heard, and
 * a {@link PendingRequest} starts a job then. What changes in a wait is used on its owner's context
 * only.
 */
abstract class PendingWait extends Timeouts.Timed<PendingWait> implements Subscriber {

  /** What a wait needs of the ServerEvents that it belongs to. */
  interface Owner {
    /** The home of the ServerEvents. */
    Home home();

    /** Forgets a wait that ends, and tells whether it was pending. */
    boolean remove(PendingWait wait);
  }

  /** Stands for the time of what has not happened. */
  static final int NEVER = -1;

  private final Owner owner;
  private final EventKey key;
  private final long timeout;
  private final boolean retained;
  private final long since = System.nanoTime();
  private final Promise<EventArgs> result;

  private @Nullable Deployment verticle;

  /** When the wait was heard for the first time, in ms from its start, or {@link #NEVER}. */
  private int heard = NEVER;

  private @Nullable Throwable stopped;
  private long epoch;

  /**
   * Creates a wait that has not begun.
   *
   * @param timeout in ms
   * @param retained whether an event counts that was kept
   * @param caller the context on which its Future completes
   */
  PendingWait(Owner owner, EventKey key, long timeout, boolean retained, ContextInternal caller) {
    this.owner = owner;
    this.key = key;
    this.timeout = timeout;
    this.retained = retained;
    result = caller.promise();
  }

  /** The wait is heard, for the first time. */
  abstract void heard();

  /** The wait is about to end; the cause is null where its event has come. */
  abstract void ending(@Nullable Throwable cause);

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

  final boolean isRetained() {
    return retained;
  }

  final boolean wasHeard() {
    return heard != NEVER;
  }

  /** Ms since the wait was made. */
  final int now() {
    return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
  }

  /** What became of the wait so far. */
  Timeline timeline() {
    return timeline(NEVER);
  }

  /** The same of a wait whose job was handed over then. */
  final Timeline timeline(int handedOver) {
    return new Timeline(ms(heard), ms(handedOver), null, null, null, null);
  }

  private static @Nullable Long ms(int time) {
    return time == NEVER ? null : (long) time;
  }

  /** The Future of the caller. */
  public Future<EventArgs> future() {
    return result.future();
  }

  @Override
  public Mailbox<Notice> notices() {
    return owner.home().notices();
  }

  @Override
  public String channel() {
    return key.channel();
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
  public boolean hasEnded() {
    return result.future().isComplete();
  }

  /** The wait begins, at a verticle that is to be asked to listen. */
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

  @Override
  public void subscribed(long epoch) {
    if (!isRunning()) {
      return;
    }
    if (!wasHeard() || retained) {
      this.epoch = epoch;
    }
    if (!wasHeard()) {
      heard = now();
      heard();
    } else if (isOver()) {
      settle(); // the wait is heard again, so that more may be known now
    }
  }

  @Override
  public void lost() {
    epoch = LOST;
  }

  @Override
  public void lookedUp(long epoch, @Nullable Kept kept) {
    if (kept == null) {
      subscribed(epoch);
    } else if (owner.remove(this)) {
      leave();
      complete(kept.payload());
    }
  }

  @Override
  public void arrived(Payload payload) {
    if (owner.remove(this)) {
      complete(payload);
    }
  }

  @Override
  public void ended(Throwable cause) {
    if (owner.remove(this)) {
      fail(cause);
    }
  }

  /** The time of the wait is over: asks whether an event is on its way. */
  void settle() {
    verticle().commands().add(new Command.Settle(this));
  }

  /** The wait has timed out only where it cannot have missed anything. */
  @Override
  public void settled(long settledEpoch, @Nullable Throwable why) {
    if (settledEpoch != 0 && settledEpoch == epoch) {
      end(Verdict.timedOut(key, timeout));
    } else if (settledEpoch == 0 || !retained || epoch == LOST) {
      end(Verdict.unknown(key, timeout, settledEpoch, why));
    } // else a look-up is under way, which may show that the wait was heard all along
  }

  /** Ends the wait, on any thread. */
  final void stop(Throwable cause) {
    owner.home().run(() -> end(cause));
  }

  /** Ends the wait from this side; one that has not begun ends as soon as it does. */
  final void end(Throwable cause) {
    if (owner.remove(this)) {
      leave();
      fail(cause);
    } else {
      stopped = cause;
    }
  }

  /** Tells the verticle that the wait has ended. */
  void leave() {
    verticle().commands().add(new Command.Leave(this));
  }

  /** What ended the wait before it began, or null. */
  @Nullable Throwable stopped() {
    return stopped;
  }

  private void complete(Payload payload) {
    if (payload.failure() != null) {
      fail(payload.failure());
    } else {
      tellEnding(null);
      result.complete(payload.args());
    }
  }

  void fail(Throwable cause) {
    var told = cause instanceof ServerEventsException ours ? ours.at(timeline()) : cause;
    tellEnding(told);
    result.tryFail(told);
  }

  private void tellEnding(@Nullable Throwable cause) {
    ending(cause);
    var metrics = owner.home().metrics();
    if (metrics != ServerEventsMetrics.NONE) {
      metrics.waitEnded(key.name(), cause, System.nanoTime() - since);
    }
  }
}
