package dev.serverevents.testkit;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The time of an {@link InMemoryServerEvents}, which stands still until the test moves it. Waits,
 * streams, workers, retained events, limits and heartbeats go by it. What an application does with
 * {@code vertx.setTimer} or by the time of the system does not.
 */
public final class TestClock {

  /** So long an event loop may be busy, in s of the system's time; then something is stuck. */
  private static final long STUCK_S = 60;

  /** When time begins: late enough for what is before it to be a time of day. */
  private static final Instant BEGIN = Instant.parse("2030-01-01T00:00:00Z");

  /** How long it lasts: ns have no room for thrice as much. */
  private static final Duration MAX = Duration.ofDays(36_500);

  private record Timer(long id, long due, long period, Context context, Handler<Long> handler) {}

  private final QuietLoop loop;
  private final Map<Long, Timer> timers = new HashMap<>();
  private final TreeSet<Timer> queue =
      new TreeSet<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::id));

  /** How often a timer was looked for: while that grows, nothing is stuck. */
  private final AtomicLong steps = new AtomicLong();

  private long now;
  private long count;
  private volatile boolean hasEnded;

  TestClock(QuietLoop loop) {
    this.loop = loop;
  }

  /** The time of day that it is. It begins in 2030, at the same time in each test. */
  public synchronized Instant now() {
    return BEGIN.plusNanos(now);
  }

  /**
   * Moves the time on. Each timer that is due on the way fires at its own time, and all that comes
   * of it on the event loop has been done before the next one does, and before this returns. What
   * comes over a socket is not waited for.
   *
   * @param time 0 or more; 0 lets what is under way come to its end
   * @throws InvalidInputException if it is negative, or if more than 36,500 days have passed then
   * @throws IllegalStateException on the event loop itself, if the kit is closed, or if the event
   *     loop does not come to rest within a minute
   */
  public void advance(Duration time) {
    check("time", time);
    if (loop.isHere()) {
      throw new IllegalStateException("The event loop cannot wait for itself: advance in the test");
    }
    if (hasEnded) {
      throw new IllegalStateException("The kit is closed");
    }
    var end = BEGIN.plus(MAX);
    if (now().plus(time).isAfter(end)) {
      throw new InvalidInputException("time", time, "must not lead beyond " + end);
    }
    move(time);
  }

  /** The same, also beyond the end of the time. */
  void move(Duration time) {
    var done = new CompletableFuture<Void>();
    loop.whenQuiet(() -> step(now + time.toNanos(), done));
    await(done);
  }

  /** The time goes on no more. */
  void end() {
    hasEnded = true;
  }

  /** Fails with {@link InvalidInputException} if a time is negative, or longer than all of it. */
  static void check(String field, Duration time) {
    Fields.present(field, time);
    if (time.isNegative()) {
      throw new InvalidInputException(field, time, "must not be negative");
    }
    if (time.compareTo(MAX) > 0) {
      throw new InvalidInputException(field, time, "must be at most 36,500 days");
    }
  }

  /** Lets what is under way on the event loop come to its end; the time stands still. */
  void settle() {
    if (!loop.isHere() && !hasEnded) {
      move(Duration.ZERO);
    }
  }

  /** Waits for a move. One that is given up goes no further: the time stands still again. */
  private void await(CompletableFuture<Void> move) {
    try {
      while (!move.isDone()) {
        await(move, steps.get());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } finally {
      move.complete(null);
    }
  }

  private void await(CompletableFuture<Void> move, long before) throws InterruptedException {
    try {
      move.get(STUCK_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException stuck) {
      if (steps.get() == before) {
        throw new IllegalStateException("The event loop does not come to rest", stuck);
      }
    }
  }

  private void step(long target, CompletableFuture<Void> done) {
    steps.incrementAndGet();
    if (done.isDone()) {
      return;
    }
    var due = next(target);
    if (due == null) {
      done.complete(null);
    } else {
      due.context.runOnContext(
          turn -> {
            if (tryTake(due)) {
              due.handler.handle(due.id);
            }
          });
      loop.whenQuiet(() -> step(target, done));
    }
  }

  /** Goes to the next timer up to a time, or to that time. */
  private synchronized @Nullable Timer next(long target) {
    var first = queue.isEmpty() ? null : queue.first();
    if (first == null || first.due > target) {
      now = Math.max(now, target);
      return null;
    }
    now = Math.max(now, first.due);
    return first;
  }

  /** Takes a timer that fires away, or puts it at its next time; false if it was cancelled. */
  private synchronized boolean tryTake(Timer timer) {
    if (!timers.remove(timer.id, timer)) {
      return false;
    }
    queue.remove(timer);
    if (timer.period > 0) {
      add(
          new Timer(
              timer.id, timer.due + timer.period, timer.period, timer.context, timer.handler));
    }
    return true;
  }

  private void add(Timer timer) {
    timers.put(timer.id, timer);
    queue.add(timer);
  }

  private synchronized long set(Context context, long ms, boolean again, Handler<Long> handler) {
    var ns = Math.min(TimeUnit.MILLISECONDS.toNanos(ms), MAX.toNanos() + 1); // that is never
    add(new Timer(count++, now + ns, again ? ns : 0, context, handler));
    return count - 1;
  }

  /** The clock as the library sees it. */
  final Clock asClock() {
    return new Clock() {
      @Override
      public long nanoTime() {
        synchronized (TestClock.this) {
          return now;
        }
      }

      @Override
      public long currentTimeMillis() {
        return now().toEpochMilli();
      }

      @Override
      public long setTimer(Context context, long ms, Handler<Long> handler) {
        return set(context, ms, false, handler);
      }

      @Override
      public long setPeriodic(Context context, long ms, Handler<Long> handler) {
        return set(context, ms, true, handler);
      }

      @Override
      public boolean cancel(long timer) {
        synchronized (TestClock.this) {
          var known = timers.remove(timer);
          return known != null && queue.remove(known);
        }
      }
    };
  }
}
