package dev.serverevents.app.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Does one thing again and again for some time, several times at once. All of it but {@link #share}
 * and {@link #count} happens on one event loop.
 */
final class Measure {

  /** So many are looked at for percentiles, which bounds the memory. */
  private static final int MAX_TIMES = 1_000_000;

  private static final double NANOS_PER_MS = 1e6;

  private final long length;
  private final Supplier<Future<?>> cycle;
  private final Promise<Void> done = Promise.promise();
  private final long[] times = new long[MAX_TIMES];
  private final long start = System.nanoTime();
  private final AtomicLong count = new AtomicLong();
  private volatile long end = start;
  private int underWay;

  /**
   * Measures nothing yet.
   *
   * @param ms for how long
   * @param cycle does it once
   */
  Measure(long ms, Supplier<Future<?>> cycle) {
    length = TimeUnit.MILLISECONDS.toNanos(ms);
    this.cycle = cycle;
  }

  /**
   * Begins.
   *
   * @param concurrency how many are under way at a time
   * @return completes when the time is over and all have ended; fails as soon as one does
   */
  Future<Void> start(Vertx vertx, int concurrency) {
    vertx.runOnContext(
        turn -> {
          for (underWay = 0; underWay < concurrency; underWay++) {
            once();
          }
        });
    return done.future();
  }

  private void once() {
    var began = System.nanoTime();
    cycle
        .get()
        .onSuccess(
            ended -> {
              var now = System.nanoTime();
              add(now - began, now);
              if (now - start < length) {
                once();
              } else if (--underWay == 0) {
                done.complete();
              }
            })
        .onFailure(done::tryFail);
  }

  private void add(long time, long now) {
    var index = count.getAndIncrement();
    if (index < MAX_TIMES) {
      times[(int) index] = time;
    }
    end = now;
  }

  /** How many have ended. */
  long count() {
    return count.get();
  }

  /** How much of the time is over, from 0 to 1. */
  double share() {
    return Math.min(1, (double) (System.nanoTime() - start) / length);
  }

  /** What came of it, when it is done. */
  Measured result(String what) {
    var all = count.get();
    var sorted = Arrays.copyOf(times, (int) Math.min(all, MAX_TIMES));
    Arrays.sort(sorted);
    var seconds = (double) (end - start) / TimeUnit.SECONDS.toNanos(1);
    return new Measured(what, all, all / seconds, ms(sorted, 0.5), ms(sorted, 0.99), ms(sorted, 1));
  }

  private static double ms(long[] sorted, double quantile) {
    var index = (int) Math.ceil(quantile * sorted.length) - 1;
    return sorted[index] / NANOS_PER_MS;
  }
}
