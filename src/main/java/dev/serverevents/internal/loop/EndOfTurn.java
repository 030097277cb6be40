package dev.serverevents.internal.loop;

import io.vertx.core.Context;

/** Runs an action at the end of an event-loop turn, once however often it was asked for in it. */
public final class EndOfTurn {

  private final Context context;
  private final Runnable action;
  private boolean scheduled;

  /** Runs {@code action} on {@code context}. */
  public EndOfTurn(Context context, Runnable action) {
    this.context = context;
    this.action = action;
  }

  /** Has the action run at the end of this turn. */
  public void schedule() {
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
