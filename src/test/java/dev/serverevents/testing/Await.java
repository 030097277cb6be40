package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Awaits what can be observed. The limits only end a test that hangs. */
public final class Await {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Await() {}

  /** Returns the result of a Future, or throws its failure. */
  public static <T> T result(Future<T> future) {
    try {
      return future.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("The Future did not complete", e);
    }
  }

  /** Returns the failure of a Future. */
  public static Throwable failure(Future<?> future) {
    return catchThrowable(() -> result(future));
  }

  /** Returns the message of the failure of a Future, or nothing if it succeeds. */
  public static String failureText(Future<?> future) {
    var cause = failure(future);
    return cause == null ? "" : String.valueOf(cause.getMessage());
  }

  /** Returns when a condition holds. */
  public static void until(Callable<Boolean> condition) {
    Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(condition);
  }

  /** Returns when assertions hold. */
  public static void untilAsserted(ThrowingRunnable assertions) {
    Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).untilAsserted(assertions);
  }
}
