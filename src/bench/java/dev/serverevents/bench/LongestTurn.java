package dev.serverevents.bench;

import io.vertx.core.Context;

/** The longest time for which an event loop did not come to a timer of 1 ms: its longest turn. */
final class LongestTurn {

  private final Context context;
  private final long timer;
  private long last = System.nanoTime();
  private long longest;

  LongestTurn(Context context) {
    this.context = context;
    timer = context.owner().setPeriodic(1, tick -> context.runOnContext(v -> tick()));
  }

  private synchronized void tick() {
    var now = System.nanoTime();
    longest = Math.max(longest, now - last);
    last = now;
  }

  /** Stops watching; returns ms. */
  synchronized long stop() {
    context.owner().cancelTimer(timer);
    tick();
    return longest / 1_000_000;
  }
}
