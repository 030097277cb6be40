package dev.serverevents.metrics;

import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a wait or a stream has ended. */
enum Outcome {
  RESULT,
  FAILURE,
  TIMEOUT,
  UNAVAILABLE,
  CANCELLED,
  OTHER;

  static Outcome of(@Nullable Throwable cause) {
    if (cause == null) {
      return RESULT;
    }
    if (cause instanceof EventFailureException) {
      return FAILURE;
    }
    if (cause instanceof EventTimeoutException) {
      return TIMEOUT;
    }
    if (cause instanceof UnavailableException) {
      return UNAVAILABLE;
    }
    return cause instanceof WaitCancelledException ? CANCELLED : OTHER;
  }

  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
