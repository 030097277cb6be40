package dev.serverevents.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Does what is much in several event-loop turns, so that none of them is long. */
public final class Turns {

  private static final long MAX_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private Turns() {}

  /**
   * Runs an action on each item of a collection as it is now, and completes after the last. To be
   * called on the context.
   */
  public static <T> Future<Void> forEach(Context context, Collection<T> items, Consumer<T> action) {
    var done = Promise.<Void>promise();
    turn((ContextInternal) context, List.copyOf(items).iterator(), action, done);
    return done.future();
  }

  private static <T> void turn(
      ContextInternal context, Iterator<T> items, Consumer<T> action, Promise<Void> done) {
    var began = System.nanoTime();
    while (items.hasNext() && System.nanoTime() - began < MAX_NS) {
      action.accept(items.next());
    }
    if (items.hasNext()) {
      next(context, () -> turn(context, items, action, done));
    } else {
      done.complete();
    }
  }

  /**
   * Netty goes on with queued tasks, and with those that they queue, for up to a second before it
   * looks at connections and timers again; a scheduled one lets these come first.
   */
  private static void next(ContextInternal context, Runnable turn) {
    var scheduled =
        context
            .nettyEventLoop()
            .schedule(() -> context.runOnContext(v -> turn.run()), 0, TimeUnit.MILLISECONDS);
    scheduled.addListener(ignored -> {});
  }
}
