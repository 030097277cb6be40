package dev.serverevents.simulation;

import dev.serverevents.internal.loop.Clock;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The time of a Vert.x with one event loop, which stands still until it is moved. All is done on
 * that loop, without another thread. Used on it only.
 */
final class SimulatedTime implements Clock {

  /** When time begins, in ms of Unix time. */
  private static final long BEGIN_MS = 1_893_456_000_000L;

  private record Timer(long id, long due, long period, Context context, Handler<Long> handler) {}

  private final SingleThreadEventExecutor loop;
  private final Map<Long, Timer> timers = new HashMap<>();
  private final TreeSet<Timer> queue =
      new TreeSet<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::id));
  private long now;
  private long count;

  SimulatedTime(Vertx vertx) {
    loop =
        (SingleThreadEventExecutor) ((VertxInternal) vertx).nettyEventLoopGroup().iterator().next();
  }

  /** Begins anew, without timers. */
  void reset() {
    timers.clear();
    queue.clear();
    now = 0;
    count = 0;
  }

  /** How many timers there are. */
  int timers() {
    return timers.size();
  }

  /** Runs an action after so many tasks of the loop, or once nothing else is queued there. */
  void afterTasks(int tasks, Runnable action) {
    if (tasks == 0) {
      action.run();
    } else {
      loop.execute(() -> afterTasks(tasks - 1, action));
    }
  }

  /**
   * Runs an action once nothing else is queued on the loop. What was put off because a turn was
   * long is scheduled, and gets into the queue before what is scheduled later.
   */
  void whenQuiet(Runnable action) {
    loop.execute(
        () -> {
          if (loop.pendingTasks() > 0) {
            whenQuiet(action);
          } else {
            var unused = loop.schedule(() -> whenStillQuiet(action), 0, TimeUnit.NANOSECONDS);
          }
        });
  }

  private void whenStillQuiet(Runnable action) {
    if (loop.pendingTasks() > 0) {
      whenQuiet(action);
    } else {
      action.run();
    }
  }

  /** Moves the time on; each timer fires at its own time, and all that comes of it is done. */
  void advance(long ms, Runnable then) {
    var target = now + TimeUnit.MILLISECONDS.toNanos(ms);
    whenQuiet(() -> step(target, then));
  }

  private void step(long target, Runnable then) {
    var due = queue.isEmpty() ? null : queue.first();
    if (due == null || due.due > target) {
      now = target;
      then.run();
      return;
    }
    now = Math.max(now, due.due);
    due.context.runOnContext(
        turn -> {
          if (begins(due)) {
            due.handler.handle(due.id);
          }
        });
    whenQuiet(() -> step(target, then));
  }

  private boolean begins(Timer timer) {
    if (!timers.remove(timer.id, timer)) {
      return false;
    }
    queue.remove(timer);
    if (timer.period > 0) {
      var next = timer.due + timer.period;
      add(new Timer(timer.id, next, timer.period, timer.context, timer.handler));
    }
    return true;
  }

  private void add(Timer timer) {
    timers.put(timer.id, timer);
    queue.add(timer);
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long currentTimeMillis() {
    return BEGIN_MS + TimeUnit.NANOSECONDS.toMillis(now);
  }

  @Override
  public long setTimer(Context context, long ms, Handler<Long> handler) {
    add(new Timer(count, now + TimeUnit.MILLISECONDS.toNanos(ms), 0, context, handler));
    return count++;
  }

  @Override
  public long setPeriodic(Context context, long ms, Handler<Long> handler) {
    var ns = TimeUnit.MILLISECONDS.toNanos(ms);
    add(new Timer(count, now + ns, ns, context, handler));
    return count++;
  }

  @Override
  public boolean cancel(long timer) {
    var known = timers.remove(timer);
    return known != null && queue.remove(known);
  }
}
