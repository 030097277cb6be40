package dev.serverevents.internal.loop;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.shareddata.Shareable;

/**
 * The time of a Vert.x: what all that waits for events goes by, and where its timers are.
 *
 * @see Clocks
 */
public interface Clock extends Shareable {

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
  boolean cancel(long timer);
}
