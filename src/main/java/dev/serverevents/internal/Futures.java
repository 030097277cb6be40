package dev.serverevents.internal;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls what users wrote: it may throw, or return null in the place of a Future. */
public final class Futures {

  private Futures() {}

  /**
   * What a user's code returns, or fails with.
   *
   * @param what the code, for the message where it returns null
   */
  public static <T> Future<T> of(
      String what, Supplier<? extends @Nullable Future<? extends T>> code) {
    try {
      var future = code.get();
      return future == null
          ? Future.failedFuture(
              new NullPointerException(what + " returned null in the place of a Future"))
          : future.map(value -> value);
    } catch (Throwable thrown) { // an Error as well: nobody must wait for ever
      return Future.failedFuture(thrown);
    }
  }
}
