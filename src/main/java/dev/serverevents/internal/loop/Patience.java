package dev.serverevents.internal.loop;

import dev.serverevents.ServerEventsOptions;
import io.vertx.core.Context;

/**
 * Gives something a time, of which a pause of the whole process, or a stalled event loop, takes
 * only a part: what has arrived meanwhile is read before the time is over. Used on one context.
 */
public final class Patience {

  private static final int PARTS = 4;

  private final Context context;
  private final Clock clock;
  private final long partMs;
  private final Runnable over;
  private int left = PARTS;
  private long timer;

  private Patience(Context context, long partMs, Runnable over) {
    this.context = context;
    clock = Clocks.of(context.owner());
    this.partMs = partMs;
    this.over = over;
    timer = clock.setTimer(context, partMs, id -> next());
  }

  /**
   * Begins.
   *
   * @param ms how long it lasts at least
   * @param over called on the context at the end
   */
  public static Patience of(Context context, long ms, Runnable over) {
    return new Patience(context, Math.max(1, (ms + PARTS - 1) / PARTS), over);
  }

  /**
   * How long a heartbeat may take, in ms. Two in a row, one for each connection, are over before
   * the next interval is.
   */
  public static long heartbeatMs(ServerEventsOptions options) {
    return options.getHeartbeat() * 2 / 5;
  }

  /** How long it may take to find out whether something is on its way to a wait, in ms. */
  public static long probeMs(ServerEventsOptions options) {
    var limit = heartbeatMs(options);
    return options.getProbeTimeout() == 0 ? limit : Math.min(options.getProbeTimeout(), limit);
  }

  /** How long who asked for that waits for the answer, whatever it is, in ms. */
  public static long answerMs(ServerEventsOptions options) {
    return probeMs(options) * 5 / 4 + 1;
  }

  /** Ends it early; its handler is not called. */
  public void cancel() {
    clock.cancel(timer);
  }

  private void next() {
    if (--left == 0) {
      over.run();
    } else {
      timer = clock.setTimer(context, partMs, id -> next());
    }
  }
}
