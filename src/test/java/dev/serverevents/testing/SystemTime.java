package dev.serverevents.testing;

import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The time of the system for all that are of several Vert.x, each of which numbers its timers. */
public final class SystemTime implements Clock {

  private record Timer(Vertx vertx, long id) {}

  private final AtomicLong last = new AtomicLong();
  private final Map<Long, Timer> timers = new ConcurrentHashMap<>();

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long currentTimeMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long setTimer(Context context, long ms, Handler<Long> handler) {
    var timer = last.incrementAndGet();
    var internal = (ContextInternal) context;
    timers.compute(
        timer,
        (key, none) ->
            new Timer(
                context.owner(),
                internal.setTimer(
                    ms,
                    id -> {
                      if (timers.remove(timer) != null) {
                        handler.handle(timer);
                      }
                    })));
    return timer;
  }

  @Override
  public long setPeriodic(Context context, long ms, Handler<Long> handler) {
    var timer = last.incrementAndGet();
    var internal = (ContextInternal) context;
    timers.put(
        timer, new Timer(context.owner(), internal.setPeriodic(ms, id -> handler.handle(timer))));
    return timer;
  }

  @Override
  public boolean cancel(long timer) {
    var set = timers.remove(timer);
    return set != null && set.vertx.cancelTimer(set.id);
  }
}
