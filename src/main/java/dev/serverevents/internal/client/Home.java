package dev.serverevents.internal.client;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.ServerEventsTracing;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.Mailbox;
import io.vertx.core.internal.ContextInternal;

/**
 * The context on which one ServerEvents lives, with all that it has made.
 *
 * @param context the context on which all of it is used
 * @param notices the mailbox for what verticles tell its waits and emits
 * @param streamNotices the same for its streams, which may be far behind: no wait or emit is to be
 *     behind them
 * @param metrics the metrics that count its waits and streams
 * @param tracing the tracing of them
 * @param clock the clock of its Vert.x
 * @param books the books of what becomes of its waits and streams
 */
record Home(
    ContextInternal context,
    Mailbox<Notice> notices,
    Mailbox<Notice> streamNotices,
    ServerEventsMetrics metrics,
    ServerEventsTracing tracing,
    Clock clock,
    Books books) {

  /** The home on a context. */
  static Home on(ContextInternal context) {
    var metrics = ServerEventsMetrics.of(context.owner());
    var tracing = ServerEventsTracing.of(context.owner());
    var clock = Clocks.of(context.owner());
    var books = new Books(context, clock);
    return new Home(context, mailbox(context), mailbox(context), metrics, tracing, clock, books);
  }

  /** Calls an action once, on the context, after so many ms; gives what {@link #cancel} takes. */
  long setTimer(long ms, Runnable action) {
    return clock.setTimer(context, ms, timer -> action.run());
  }

  /** Calls an action every so many ms, on the context; gives what {@link #cancel} takes. */
  long setPeriodic(long ms, Runnable action) {
    return clock.setPeriodic(context, ms, timer -> action.run());
  }

  /** Cancels a timer. */
  void cancel(long timer) {
    clock.cancel(timer);
  }

  private static Mailbox<Notice> mailbox(ContextInternal context) {
    return new Mailbox<>(
        context,
        notice -> {
          notice.deliver();
          return null;
        });
  }

  /** Runs an action on the context's thread, and at once if this is that thread. */
  void run(Runnable action) {
    if (context.inThread()) {
      action.run();
    } else {
      context.runOnContext(turn -> action.run());
    }
  }
}
