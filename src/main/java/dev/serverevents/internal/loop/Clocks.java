package dev.serverevents.internal.loop;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.shareddata.LocalMap;

/** Has the clock of each Vert.x: the system's, unless another is installed. */
public final class Clocks {

  private static final String KEY = "clock";

  private Clocks() {}

  /** The clock of {@code vertx}. Keep it: it does not change once there is a verticle. */
  public static Clock of(Vertx vertx) {
    return clocks(vertx).computeIfAbsent(KEY, key -> new SystemClock(vertx));
  }

  /** Gives {@code vertx} another clock, before there is a verticle. */
  public static void install(Vertx vertx, Clock clock) {
    clocks(vertx).put(KEY, clock);
  }

  private static LocalMap<String, Clock> clocks(Vertx vertx) {
    return vertx.sharedData().getLocalMap("server-events.clock");
  }

  /** The time of the system, and the timers of a Vert.x. */
  private record SystemClock(Vertx vertx) implements Clock {

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
      return ((ContextInternal) context).setTimer(ms, handler);
    }

    @Override
    public long setPeriodic(Context context, long ms, Handler<Long> handler) {
      return ((ContextInternal) context).setPeriodic(ms, handler);
    }

    @Override
    public boolean cancel(long timer) {
      return vertx.cancelTimer(timer);
    }
  }
}
