package dev.serverevents.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Lets JMH, which has threads of its own, measure what belongs on an event loop. */
public final class Loop {

  private Loop() {}

  /** Runs an action on a context, and returns what its Future completes with. */
  public static <T> T call(Context context, Supplier<Future<T>> action) {
    var done = Promise.<T>promise();
    context.runOnContext(
        v -> Future.succeededFuture().compose(begun -> action.get()).onComplete(done));
    return done.future().await();
  }
}
