package dev.serverevents.internal.client;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.local.Notice;
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
 */
record Home(
    ContextInternal context,
    Mailbox<Notice> notices,
    Mailbox<Notice> streamNotices,
    ServerEventsMetrics metrics) {

  /** The home on a context. */
  static Home on(ContextInternal context) {
    var metrics = ServerEventsMetrics.of(context.owner());
    return new Home(context, mailbox(context), mailbox(context), metrics);
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
