package dev.serverevents.testing;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long timers of a Vert.x's event loops had to wait, by one that is due each millisecond: what
 * holds a loop shows, be it one task or many.
 */
public final class LongestTurn {

  private final AtomicLong longest = new AtomicLong();
  private final List<ScheduledFuture<?>> timers = new ArrayList<>();

  private LongestTurn() {}

  /** Begins to watch. */
  public static LongestTurn watch(Vertx vertx) {
    var turns = new LongestTurn();
    ((VertxInternal) vertx).nettyEventLoopGroup().forEach(turns::watch);
    return turns;
  }

  private void watch(EventExecutor loop) {
    var last = new AtomicLong(System.nanoTime());
    timers.add(
        loop.scheduleAtFixedRate(
            () -> {
              var now = System.nanoTime();
              var gap = now - last.getAndSet(now);
              longest.accumulateAndGet(gap, Math::max);
            },
            0,
            1,
            TimeUnit.MILLISECONDS));
  }

  /** Forgets what was so far. */
  public void restart() {
    longest.set(0);
  }

  /** Ends it, and returns the longest, in ms. */
  public long stop() {
    timers.forEach(timer -> timer.cancel(false));
    return TimeUnit.NANOSECONDS.toMillis(longest.get());
  }
}
