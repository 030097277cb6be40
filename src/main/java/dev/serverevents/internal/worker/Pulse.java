package dev.serverevents.internal.worker;

import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the process has stood still for a while. A server may have taken the worker for
 * stalled then, and have told it that its results are not wanted any more: that must be read before
 * anything is emitted. Used on the worker's context only.
 */
final class Pulse {

  private static final long INTERVAL_MS = 250;
  private static final long STOOD_STILL_NS = TimeUnit.MILLISECONDS.toNanos(4 * INTERVAL_MS);

  private final ContextInternal context;
  private final Clock clock;
  private final Runnable prove;
  private Promise<Void> proof = Promise.promise();
  private long timer = -1;
  private long last;
  private boolean isProving;

  /**
   * Creates one that does not beat yet.
   *
   * @param prove finds out whether all that was sent to the worker has arrived; {@link #proved}
   *     follows
   */
  Pulse(ContextInternal context, Runnable prove) {
    this.context = context;
    clock = Clocks.of(context.owner());
    this.prove = prove;
  }

  /** Begins to beat. */
  void start() {
    last = clock.nanoTime();
    timer = clock.setPeriodic(context, INTERVAL_MS, tick -> beat());
  }

  void stop() {
    clock.cancel(timer);
    proof.tryComplete();
  }

  private void beat() {
    var now = clock.nanoTime();
    if (now - last > STOOD_STILL_NS && !isProving) {
      isProving = true;
      prove.run();
    }
    last = now;
  }

  /** Completes when the worker has been told all that concerned it while it stood still. */
  Future<Void> sure() {
    beat();
    return isProving ? proof.future() : Future.succeededFuture();
  }

  /** All has arrived, as far as can be known. */
  void proved() {
    isProving = false;
    var proved = proof;
    proof = Promise.promise();
    proved.complete();
  }
}
