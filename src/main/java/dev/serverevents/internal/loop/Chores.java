package dev.serverevents.internal.loop;

import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * What an event loop has to do that nobody waits for, such as freeing what a client had that has
 * gone. Thousands may go in one turn; their chores are done a few at a time, in the turns after it.
 */
public final class Chores {

  private static final String KEY = "server-events.chores";

  private Chores() {}

  /**
   * Has an action run on the current context in a later turn, after all that were added before. A
   * context does chores for 5 ms in one turn at most, unless one of them takes longer.
   */
  public static void add(Vertx vertx, Runnable chore) {
    add((ContextInternal) vertx.getOrCreateContext(), chore);
  }

  /** The same, on a context whose event loop this is. */
  public static void add(ContextInternal context, Runnable chore) {
    of(context.unwrap()).add(chore);
  }

  @SuppressWarnings("unchecked") // nobody else has the key
  private static Mailbox<Runnable> of(ContextInternal context) {
    return (Mailbox<Runnable>)
        context.contextData().computeIfAbsent(KEY, key -> new Mailbox<>(context, Chores::run));
  }

  private static @Nullable Work run(Runnable chore) {
    chore.run();
    return null;
  }
}
