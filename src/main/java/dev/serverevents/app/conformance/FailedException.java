package dev.serverevents.app.conformance;

import org.jspecify.annotations.Nullable;

/** A client did something else than it must. */
final class FailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String expected;
  private final String actual;

  /**
   * Says what was expected, and what came instead.
   *
   * @param what the thing that is wrong
   */
  FailedException(String what, @Nullable Object expected, @Nullable Object actual) {
    super(what, null, false, false);
    this.expected = String.valueOf(expected);
    this.actual = String.valueOf(actual);
  }

  String expected() {
    return expected;
  }

  String actual() {
    return actual;
  }
}
