package dev.serverevents.internal.client;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.loop.Mailbox;
import io.vertx.core.internal.ContextInternal;

/**
 * Where one ServerEvents lives, which all that it has made shares.
 *
 * @param context the context on which all of it is used
 * @param notices where verticles tell it something
 * @param metrics what measures it
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

  /** Runs an action on the context's thread: at once if this is it, on whichever context. */
  void run(Runnable action) {
    if (context.inThread()) {
      action.run();
    } else {
      context.runOnContext(turn -> action.run());
    }
  }
}
