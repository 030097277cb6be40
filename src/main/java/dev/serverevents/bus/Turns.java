package dev.serverevents.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Does what is much in several event-loop turns, so that none of them is long. */
public final class Turns {

  /** How many items one turn takes: a few ms on a cold JVM. */
  static final int CHUNK = 500;

  private Turns() {}

  /**
   * Runs an action on each item of a collection as it is now, and completes after the last. To be
   * called on the context.
   */
  public static <T> Future<Void> forEach(Context context, Collection<T> items, Consumer<T> action) {
    var done = Promise.<Void>promise();
    turn(context, List.copyOf(items).iterator(), action, done);
    return done.future();
  }

  private static <T> void turn(
      Context context, Iterator<T> items, Consumer<T> action, Promise<Void> done) {
    for (var n = 0; n < CHUNK && items.hasNext(); n++) {
      action.accept(items.next());
    }
    if (items.hasNext()) {
      context.runOnContext(next -> turn(context, items, action, done));
    } else {
      done.complete();
    }
  }
}
