package dev.serverevents.internal;

import dev.serverevents.Cause;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.IncompleteException;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.Timeline;
import dev.serverevents.UnavailableException;
import dev.serverevents.WorkerLostException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What every way in says of a wait, a stream, an emit or a request that has failed: HTTP,
 * Server-Sent Events, WebSockets, SockJS, the event bus and the metrics. Each of them has a form of
 * its own for it; the status, the code and the words are decided here.
 *
 * @param cause why it is an ending
 * @param status the HTTP status, which is the failure code on the event bus and on SockJS, too
 * @param retryAfter after how many seconds it is worth trying again, or 0 if it is not
 * @param failure what failed
 */
public record Ending(Cause cause, int status, long retryAfter, Throwable failure) {

  /** The type of a stream's last message, if the stream's time is over. */
  public static final String TIMEOUT = "timeout";

  /** The same, if the stream has failed otherwise. */
  private static final String ERROR = "error";

  /** Nobody outside needs to know where Redis is and what it says. */
  private static final String UNAVAILABLE =
      "Waiting and emitting are not possible at present: try again later";

  /** Nor which workers there are. */
  private static final String WORKER_GONE = "The worker that had the job is gone";

  private static final String WORKER_STALLED =
      "The worker that has the job has shown no sign of life for too long";

  /** More than a second gains nothing, since the next request may wait here. */
  private static final int RETRY_AFTER_S = 1;

  /** The ending that a failure says. */
  public static Ending of(Throwable failure) {
    var cause = Cause.of(failure);
    return new Ending(cause, status(cause, failure), retryAfter(cause, failure), failure);
  }

  private static int status(Cause cause, Throwable failure) {
    if (failure instanceof ServerEventsException ours) {
      return ours.status();
    }
    return cause == Cause.NOT_HANDED_OVER
        ? HttpResponseStatus.BAD_GATEWAY.code()
        : HttpResponseStatus.INTERNAL_SERVER_ERROR.code();
  }

  private static long retryAfter(Cause cause, Throwable failure) {
    if (failure instanceof QuotaException quota) {
      return quota.retryAfter();
    }
    return switch (cause) {
      case NO_EVENT,
          NEVER_CLAIMED,
          NO_WORKER,
          WORKER_LOST,
          STALLED,
          REDIS_GAP,
          REDIS_AWAY,
          REDIS_REFUSED,
          DRAINING,
          NOT_DEPLOYED,
          LIMIT ->
          RETRY_AFTER_S;
      case RESULT,
          FAILURE,
          CANCELLED,
          CLIENT_GONE,
          INVALID,
          CONFLICT,
          NOT_HANDED_OVER,
          UNEXPECTED ->
          0;
    };
  }

  /** The words for callers in this JVM, which know what is behind it. */
  public @Nullable String message() {
    return failure.getMessage();
  }

  /** The words for clients, which are told nothing of what is behind this server. */
  public String detail() {
    if (failure instanceof IncompleteException incomplete && of(incomplete.why()).isForTheLog()) {
      return of(incomplete.why()).detail();
    }
    if (failure instanceof UnavailableException) {
      return UNAVAILABLE;
    }
    if (failure instanceof WorkerLostException) {
      return cause == Cause.STALLED ? WORKER_STALLED : WORKER_GONE;
    }
    return failure instanceof ServerEventsException
        ? String.valueOf(failure.getMessage())
        : HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  /** Whether the failure says more than clients are told, so that the log should have it. */
  public boolean isForTheLog() {
    return failure instanceof UnavailableException
        || failure instanceof WorkerLostException
        || (failure instanceof IncompleteException incomplete
            && of(incomplete.why()).isForTheLog());
  }

  /** The type of the last message of a stream that has failed. */
  public String type() {
    return failure instanceof EventTimeoutException ? TIMEOUT : ERROR;
  }

  /** The status with which a socket is closed that cannot be served. */
  public WebSocketCloseStatus closeStatus() {
    return retryAfter > 0
        ? WebSocketCloseStatus.TRY_AGAIN_LATER
        : WebSocketCloseStatus.POLICY_VIOLATION;
  }

  /** What became of the wait or the stream until then. */
  public Timeline timeline() {
    return failure instanceof ServerEventsException ours ? ours.timeline() : Timeline.UNKNOWN;
  }

  /**
   * Adds why it ended to what is said of it: the word of the cause, and the time line where it is
   * known. Clients are not told which worker had the job.
   */
  public JsonObject explain(JsonObject told) {
    told.put("cause", cause.word());
    var timeline = timeline().toJson();
    timeline.remove("claimedBy");
    return timeline.isEmpty() ? told : told.put("timeline", timeline);
  }

  /** What there is to say beside the status and the words: the event, and what became of it. */
  public JsonObject members() {
    var members = new JsonObject();
    if (failure instanceof EventFailureException failed) {
      members
          .put("name", failed.name())
          .put("id", failed.id())
          .put("code", failed.code())
          .put("data", failed.detail());
    } else if (failure instanceof EventTimeoutException timeout) {
      members.put("name", timeout.name()).put("id", timeout.id()).put("waited", timeout.timeout());
    }
    return members;
  }
}
