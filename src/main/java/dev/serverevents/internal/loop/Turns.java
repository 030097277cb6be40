package dev.serverevents.internal.loop;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does what is much in several event-loop turns, so that none of them is long. */
public final class Turns {

  /** How many items are handled before the clock is read. */
  private static final int STEP = 256;

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

  /**
   * Runs an action on each item of a list: at once if they are few.
   *
   * @return what is left to do, or null
   */
  public static <T> @Nullable Work each(List<T> items, Consumer<T> action) {
    if (items.size() > STEP) {
      return work(items, action);
    }
    items.forEach(action);
    return null;
  }

  /** Running an action on each item of a list, some at a time. */
  public static <T> Work work(List<T> items, Consumer<T> action) {
    var left = items.iterator();
    return () -> {
      for (var i = 0; i < STEP && left.hasNext(); i++) {
        action.accept(left.next());
      }
      return left.hasNext();
    };
  }

  /** Does what is left of something, if anything is. To be called on the context. */
  public static void finish(Context context, @Nullable Work work) {
    var began = System.nanoTime();
    while (work != null && work.proceed()) {
      if (System.nanoTime() - began > MAX_NS) {
        next((ContextInternal) context, () -> finish(context, work));
        return;
      }
    }
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
  static void next(ContextInternal context, Runnable turn) {
    var scheduled =
        context
            .nettyEventLoop()
            .schedule(() -> context.runOnContext(v -> turn.run()), 0, TimeUnit.MILLISECONDS);
    scheduled.addListener(ignored -> {});
  }
}
