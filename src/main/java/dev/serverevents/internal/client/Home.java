package dev.serverevents.internal.client;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.loop.Mailbox;
import io.vertx.core.internal.ContextInternal;

/**
 * The context on which one ServerEvents lives, with all that it has made.
 *
 * @param context the context on which all of it is used
 * @param notices the mailbox for what verticles tell it
 * @param metrics the metrics that count its waits and streams
 */
record Home(ContextInternal context, Mailbox<Notice> notices, ServerEventsMetrics metrics) {

  /** The home on a context. */
  static Home on(ContextInternal context) {
    var notices =
        new Mailbox<Notice>(
            context,
            notice -> {
              notice.deliver();
              return null;
            });
    return new Home(context, notices, ServerEventsMetrics.of(context.owner()));
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
