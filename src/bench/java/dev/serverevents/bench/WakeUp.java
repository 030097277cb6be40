package dev.serverevents.bench;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.util.Arrays;

/**
 * What it costs to wake an event loop that sleeps, which differs much between machines: half the
 * median of what two need that wake each other in turns.
 */
final class WakeUp {

  private static final int TURNS = 20_000;

  private final Context here;
  private final Context there;
  private final long[] times = new long[TURNS];
  private final Promise<Void> done = Promise.promise();

  private WakeUp(Context here, Context there) {
    this.here = here;
    this.there = there;
  }

  /** Measures it, in us. */
  static double us() {
    var vertx = (VertxInternal) Contender.vertx(2);
    var wakeUp = new WakeUp(vertx.createEventLoopContext(), vertx.createEventLoopContext());
    wakeUp.here.runOnContext(begin -> wakeUp.turn(0));
    wakeUp.done.future().await();
    vertx.close().await();
    Arrays.sort(wakeUp.times);
    return wakeUp.times[TURNS / 2] / 2_000.0;
  }

  private void turn(int number) {
    if (number == TURNS) {
      done.complete();
      return;
    }
    var began = System.nanoTime();
    there.runOnContext(
        woken ->
            here.runOnContext(
                back -> {
                  times[number] = System.nanoTime() - began;
                  turn(number + 1);
                }));
  }
}
