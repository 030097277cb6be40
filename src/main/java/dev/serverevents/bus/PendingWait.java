package dev.serverevents.bus;

import static java.util.Objects.requireNonNull;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.bus.Deployments.Deployment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One wait, from its making to its end. What changes in it is used on its owner's context only, but
 * for the hand-over, which runs on the caller's.
 */
public final class PendingWait extends Pending implements EventWait {

  /** Starts a job when its wait is heard; takes the channel for the reply to a direct wait. */
  interface HandOver extends Function<String, Future<?>> {}

  private final long timeout;
  private final boolean direct;
  private final ContextInternal caller;
  private final Promise<EventArgs> result;
  private final @Nullable Promise<Void> subscribed;

  private @Nullable HandOver handOver;
  private @Nullable Deployment verticle;
  private boolean heard;
  private long epoch;

  // Kept by the Timeouts.
  Timeouts.@Nullable Group group;
  @Nullable PendingWait previous;
  @Nullable PendingWait next;

  /**
   * Creates one.
   *
   * @param timeout in ms
   * @param direct whether it waits for a reply on its verticle's inbox
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
    super(owner, key, retained);
    this.timeout = timeout;
    this.direct = direct;
    this.handOver = handOver;
    this.caller = caller;
    result = caller.promise();
    subscribed = handOver == null ? caller.promise() : null;
  }

  @Override
  public boolean direct() {
    return direct;
  }

  @Override
  void subscribed(long epoch) {
    owner().waits().subscribed(this, epoch);
  }

  @Override
  void lost() {
    owner().waits().lost(this);
  }

  @Override
  void arrived(EventArgs args) {
    owner().waits().arrived(this, args);
  }

  @Override
  void ended(Throwable cause) {
    owner().waits().ended(this, cause);
  }

  /** In ms. */
  long timeout() {
    return timeout;
  }

  void start(Deployment verticle) {
    this.verticle = verticle;
  }

  Deployment verticle() {
    return requireNonNull(verticle);
  }

  /** The connection on which nothing can have been missed so far, or 0. */
  long epoch() {
    return epoch;
  }

  /** It is heard, for the first time or again. */
  void confirm(long epoch) {
    if (!heard || retained()) {
      this.epoch = epoch;
    }
    if (!heard) {
      heard = true;
      if (subscribed != null) {
        subscribed.tryComplete();
      } else {
        caller.emit(this, PendingWait::handOver);
      }
    }
  }

  /** It is not heard for a while, so that something can be missed. */
  void lose() {
    epoch = LOST;
  }

  private void handOver() {
    var job = requireNonNull(handOver);
    handOver = null;
    Future<?> handedOver;
    try {
      handedOver = job.apply(verticle().inbox());
    } catch (RuntimeException failure) {
      handedOver = Future.failedFuture(failure);
    }
    handedOver.onFailure(this::end);
  }

  void succeed(EventArgs args) {
    if (subscribed != null) {
      subscribed.tryComplete();
    }
    tellEnded(null);
    result.complete(args);
  }

  void fail(Throwable cause) {
    if (subscribed != null) {
      subscribed.tryFail(cause);
    }
    tellEnded(cause);
    result.fail(cause);
  }

  private void tellEnded(@Nullable Throwable cause) {
    var metrics = owner().metrics();
    if (metrics != ServerEventsMetrics.NONE) {
      metrics.waitEnded(key().name(), cause, System.nanoTime() - since());
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
    end(new WaitCancelledException("The wait was cancelled"));
  }

  private void end(Throwable cause) {
    owner().end(this, cause);
  }
}
