package dev.serverevents.redis;

import io.vertx.core.Context;

/** Runs an action at the end of an event-loop turn, once however often it was asked for in it. */
final class EndOfTurn {

  private final Context context;
  private final Runnable action;
  private boolean scheduled;

  EndOfTurn(Context context, Runnable action) {
    this.context = context;
    this.action = action;
  }

  void schedule() {
    if (!scheduled) {
      scheduled = true;
      context.runOnContext(
          end -> {
            scheduled = false;
            action.run();
          });
    }
  }
}
