package dev.serverevents;

import io.vertx.core.eventbus.ReplyException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a wait, a stream, an emit or a request has ended as it did. All ways in say it with the same
 * {@linkplain #word() word}, beside the status: Java, the event bus, HTTP, Server-Sent Events,
 * WebSockets, SockJS and the metrics.
 */
public enum Cause {
  /** Nothing failed: the event came. */
  RESULT,

  /** The job failed, and its worker said so. */
  FAILURE,

  /** No event was published in time, which is certain. */
  NO_EVENT,

  /** The job was handed over, and no worker claimed it in time. */
  NEVER_CLAIMED,

  /** No worker serves the event's name. */
  NO_WORKER,

  /** The worker that had claimed the job is gone. */
  WORKER_LOST,

  /** The worker that had claimed the job has shown no sign of life for too long. */
  STALLED,

  /** The connection to Redis broke meanwhile, so that an event may have been missed. */
  REDIS_GAP,

  /** Redis, or a connection to it, is down, or did not answer in time. */
  REDIS_AWAY,

  /** Redis refuses a command, for example because its user may not use it. */
  REDIS_REFUSED,

  /** The {@link ServerEventsVerticle} is being undeployed, or was undeployed meanwhile. */
  DRAINING,

  /**
   * No {@link ServerEventsVerticle} that can do it is deployed, or the {@link ServerEvents} is
   * closed.
   */
  NOT_DEPLOYED,

  /** A limit or a quota is reached; the message, or the log, names the setting. */
  LIMIT,

  /** The caller cancelled it. */
  CANCELLED,

  /** The client for which it was is gone. */
  CLIENT_GONE,

  /** The input is not what it must be. */
  INVALID,

  /** The idempotency key belongs to another emit. */
  CONFLICT,

  /** The event bus address that was to take the job of a request did not take it. */
  NOT_HANDED_OVER,

  /** Something failed that no caller can do anything about. */
  UNEXPECTED;

  /** A failure that knows its cause. */
  public interface Known {
    /** Why it failed. */
    Cause cause();
  }

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The cause of a failure; null means that nothing failed. */
  public static Cause of(@Nullable Throwable failure) {
    if (failure == null) {
      return RESULT;
    }
    if (failure instanceof Known known) {
      return known.cause();
    }
    return failure instanceof ReplyException ? NOT_HANDED_OVER : UNEXPECTED;
  }

  /**
   * The word for it, for example {@code no-event}. It stays as it is: clients and dashboards
   * compare it.
   */
  public String word() {
    return word;
  }
}
