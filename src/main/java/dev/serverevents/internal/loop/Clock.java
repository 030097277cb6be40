package dev.serverevents.internal.loop;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.Objects;

/**
 * The time of a Vert.x: what all that waits for events goes by, and where its timers are. It is the
 * system's unless another was {@linkplain #install installed} before anything asked for it.
 */
public interface Clock extends Shareable {

  /** The clock of {@code vertx}. Keep it: it never changes while there is a verticle. */
  static Clock of(Vertx vertx) {
    return Objects.requireNonNullElse(Clocks.of(vertx).get(Clocks.KEY), Clocks.SYSTEM);
  }

  /** Gives {@code vertx} another clock. */
  static void install(Vertx vertx, Clock clock) {
    Clocks.of(vertx).put(Clocks.KEY, clock);
  }

  /** A time in ns, of use only beside another one, as {@link System#nanoTime()} is. */
  long nanoTime();

  /** The time of day, as {@link System#currentTimeMillis()} gives it. */
  long currentTimeMillis();

  /**
   * Calls a handler once, on a context, after a time.
   *
   * @param ms from 1
   * @return what {@link #cancel} takes
   */
  long setTimer(Context context, long ms, Handler<Long> handler);

  /**
   * Calls a handler again and again, on a context.
   *
   * @param ms from 1
   * @return what {@link #cancel} takes
   */
  long setPeriodic(Context context, long ms, Handler<Long> handler);

  /** Cancels a timer, and tells whether it was there. */
  boolean cancel(Context context, long timer);

  /** Where the clocks are. */
  final class Clocks {

    private static final String KEY = "clock";

    private static final Clock SYSTEM =
        new Clock() {
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
          public boolean cancel(Context context, long timer) {
            return context.owner().cancelTimer(timer);
          }
        };

    private Clocks() {}

    private static LocalMap<String, Clock> of(Vertx vertx) {
      return vertx.sharedData().getLocalMap("server-events.clock");
    }
  }
}
