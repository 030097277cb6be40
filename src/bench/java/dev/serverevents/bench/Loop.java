package dev.serverevents.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** Runs on an event loop what belongs there, for callers that may have threads of their own. */
public final class Loop {

  private Loop() {}

  /** Runs an action on a context: at once if this is it. */
  static void run(Context context, Runnable action) {
    if (Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  /** Runs an action on a context, and returns what its Future completes with. */
  public static <T> T call(Context context, Supplier<Future<T>> action) {
    var done = Promise.<T>promise();
    context.runOnContext(
        v -> Future.succeededFuture().compose(begun -> action.get()).onComplete(done));
    return done.future().await();
  }
}
