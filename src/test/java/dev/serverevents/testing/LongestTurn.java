package dev.serverevents.testing;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long timers of a Vert.x's event loops had to wait, by one that is due each millisecond: what
 * holds a loop shows, be it one task or many. How much CPU the loop used meanwhile tells what held
 * it: its own work, or the machine, which had others to serve.
 */
public final class LongestTurn {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * The longest turn, and the one that used most CPU.
   *
   * @param ms as the clock has it
   * @param cpuMs of one loop alone
   */
  public record Longest(long ms, long cpuMs) {
    @Override
    public String toString() {
      return "%d ms, of CPU %d ms".formatted(ms, cpuMs);
    }
  }

  private final AtomicLong longest = new AtomicLong();
  private final AtomicLong mostCpu = new AtomicLong();
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
    var lastCpu = new AtomicLong(Long.MAX_VALUE);
    timers.add(
        loop.scheduleAtFixedRate(
            () -> {
              var now = System.nanoTime();
              var gap = now - last.getAndSet(now);
              longest.accumulateAndGet(gap, Math::max);
              var cpu = THREADS.getCurrentThreadCpuTime();
              mostCpu.accumulateAndGet(cpu - lastCpu.getAndSet(cpu), Math::max);
            },
            0,
            1,
            TimeUnit.MILLISECONDS));
  }

  /** Forgets what was so far. */
  public void restart() {
    longest.set(0);
    mostCpu.set(0);
  }

  /** Ends it, and returns the longest. */
  public Longest stop() {
    timers.forEach(timer -> timer.cancel(false));
    return new Longest(
        TimeUnit.NANOSECONDS.toMillis(longest.get()), TimeUnit.NANOSECONDS.toMillis(mostCpu.get()));
  }
}
