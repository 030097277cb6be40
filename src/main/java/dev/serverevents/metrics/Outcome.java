package dev.serverevents.metrics;

import dev.serverevents.Cause;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/** The label of what became of a wait or a stream, which many causes share. */
enum Outcome {
  RESULT,
  FAILURE,
  TIMEOUT,
  UNAVAILABLE,
  CANCELLED,
  OTHER;

  /** The outcome that a cause has. */
  static Outcome of(Cause cause) {
    return switch (cause) {
      case RESULT -> RESULT;
      case FAILURE -> FAILURE;
      case NO_EVENT, NEVER_CLAIMED -> TIMEOUT;
      case NO_WORKER,
          WORKER_LOST,
          STALLED,
          REDIS_GAP,
          REDIS_AWAY,
          REDIS_REFUSED,
          DRAINING,
          NOT_DEPLOYED,
          LIMIT ->
          UNAVAILABLE;
      case CANCELLED, CLIENT_GONE -> CANCELLED;
      case INVALID, CONFLICT, NOT_HANDED_OVER, UNEXPECTED -> OTHER;
    };
  }

  /** The tags that say how and why something ended. */
  static Tags tags(Cause cause) {
    return Tags.of("outcome", of(cause).label(), "cause", cause.word());
  }

  private String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
