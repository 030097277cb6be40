package dev.serverevents.internal.journal;

import dev.serverevents.Cause;
import java.util.Locale;

/** What happened in one step. */
public enum What {
  /** A wait, or a stream, began. */
  WAITING,
  /** Redis had confirmed its subscription. */
  SUBSCRIBED,
  /** The job of the wait was handed over. */
  HANDED_OVER,
  /** A worker claimed the job. */
  CLAIMED,
  /** The worker said that the job had got on, or how far. */
  PROGRESS,
  /** The worker was found to be gone, or to stand still. */
  WORKER_LOST,
  /** The event came. */
  EVENT,
  /** The job failed. */
  FAILURE,
  /** No event came in time. */
  TIMED_OUT,
  /** The caller ended the wait, or its client has gone. */
  CANCELLED,
  /** The wait was not begun. */
  REFUSED,
  /** The wait ended otherwise. */
  ENDED,
  /** An event was published. */
  EMITTED,
  /** An event was not published, or it is not known whether it was. */
  NOT_EMITTED,
  /** A worker of this server took the job. */
  TAKEN,
  /** The worker learnt that nobody wants the result any more. */
  UNWANTED,
  /** A connection of the server to Redis broke. */
  REDIS_AWAY,
  /** All of its connections are up again. */
  REDIS_BACK,
  /** The server began to stop. */
  DRAINING;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The word for it, for example {@code handed-over}. */
  public String word() {
    return word;
  }

  /**
   * How a wait ends for a cause.
   *
   * @param began whether it had begun
   */
  static What end(Cause cause, boolean began) {
    return switch (cause) {
      case RESULT -> EVENT;
      case FAILURE -> FAILURE;
      case NO_EVENT, NEVER_CLAIMED -> TIMED_OUT;
      case CANCELLED, CLIENT_GONE -> CANCELLED;
      default -> began ? ENDED : REFUSED;
    };
  }
}
