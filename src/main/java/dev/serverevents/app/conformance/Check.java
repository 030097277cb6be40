package dev.serverevents.app.conformance;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What must hold. */
final class Check {

  /** So long something may take that happens by itself, in ms. */
  static final long PATIENCE = 5_000;

  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(5);

  private Check() {}

  static void equal(String what, @Nullable Object expected, @Nullable Object actual) {
    if (!String.valueOf(expected).equals(String.valueOf(actual))) {
      throw new FailedException(what, String.valueOf(expected), String.valueOf(actual));
    }
  }

  static void json(String what, String expected, String actual) {
    equal(what, JsonText.canonical(expected), JsonText.canonical(actual));
  }

  /** Two payloads must be the same, of which the first elements are compared as text. */
  static void payload(String what, String expected, String actual, int texts) {
    equal(what, JsonText.canonical(expected, texts), JsonText.canonical(actual, texts));
  }

  static void that(String what, boolean holds, String expected, Object actual) {
    if (!holds) {
      throw new FailedException(what, expected, actual);
    }
  }

  /** Returns when something holds, which must be soon. */
  static void soon(String what, BooleanSupplier holds, Supplier<?> actual) {
    if (!within(PATIENCE, holds)) {
      throw new FailedException(what, "soon", actual.get());
    }
  }

  /** Tells whether something holds within a time, as soon as it does. */
  static boolean within(long ms, BooleanSupplier holds) {
    var end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(POLL);
    }
    return true;
  }
}
