package dev.serverevents.internal;

import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.IdempotencyException;
import dev.serverevents.IncompleteException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What every way in says of a wait, a stream, an emit or a request that has failed: HTTP,
 * Server-Sent Events, WebSockets, SockJS, the event bus and the metrics. Each of them has a form of
 * its own for it; the status, the code and the words are decided here.
 *
 * @param kind which kind of ending it is
 * @param status the HTTP status, which is the failure code on the event bus and on SockJS, too
 * @param retryAfter after how many seconds it is worth trying again, or 0 if it is not
 * @param cause what failed
 */
public record Ending(Kind kind, int status, long retryAfter, Throwable cause) {

  /** The kinds of endings, each with the exception that says so in Java. */
  public enum Kind {
    /** The event came, so that nothing failed. */
    RESULT(true, null),
    /** The job failed, and its worker said so. */
    FAILURE(true, EventFailureException.class),
    /** The event was not published in time. */
    TIMEOUT(true, EventTimeoutException.class),
    /** Redis or a verticle cannot serve, or it is not known whether the event was published. */
    UNAVAILABLE(true, UnavailableException.class),
    /** The caller wanted it no more. */
    CANCELLED(true, WaitCancelledException.class),
    /** The input is not what it must be. */
    INVALID(false, InvalidInputException.class),
    /** The idempotency key belongs to another emit. */
    CONFLICT(false, IdempotencyException.class),
    /** One client has as much as it may have, or all of them together have. */
    LIMIT(false, QuotaException.class),
    /** The event bus address that was to take the job of a request did not take it. */
    NOT_HANDED_OVER(false, ReplyException.class),
    /** Something failed that no caller can do anything about. */
    UNEXPECTED(false, Throwable.class);

    private static final List<Kind> ALL = List.of(values());

    private final boolean isCounted;
    private final @Nullable Class<? extends Throwable> type;

    Kind(boolean isCounted, @Nullable Class<? extends Throwable> type) {
      this.isCounted = isCounted;
      this.type = type;
    }

    /** The kind of an ending with this cause; null means that nothing failed. */
    public static Kind of(@Nullable Throwable cause) {
      if (cause instanceof IncompleteException incomplete) {
        return of(incomplete.getCause());
      }
      for (var kind : ALL) {
        if (kind.type == null ? cause == null : kind.type.isInstance(cause)) {
          return kind;
        }
      }
      return UNEXPECTED;
    }

    /** The word for it, which stays as it is: clients and dashboards compare it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Its label in the metrics, where the rarer kinds share one. */
    public String label() {
      return isCounted ? word() : "other";
    }
  }

  /** The type of a stream's last message, if the stream has failed and its time is not over. */
  private static final String ERROR = "error";

  /** Nobody outside needs to know where Redis is and what it says. */
  private static final String UNAVAILABLE =
      "Waiting and emitting are not possible at present: try again later";

  /** More than a second gains nothing, since the next request may wait here. */
  private static final int RETRY_AFTER_S = 1;

  /** The ending that a cause says. */
  public static Ending of(Throwable cause) {
    var kind = Kind.of(cause);
    return new Ending(kind, status(kind, cause), retryAfter(kind, cause), cause);
  }

  private static int status(Kind kind, Throwable cause) {
    if (cause instanceof ServerEventsException ours) {
      return ours.status();
    }
    return kind == Kind.NOT_HANDED_OVER
        ? HttpResponseStatus.BAD_GATEWAY.code()
        : HttpResponseStatus.INTERNAL_SERVER_ERROR.code();
  }

  private static long retryAfter(Kind kind, Throwable cause) {
    if (cause instanceof QuotaException quota) {
      return quota.retryAfter();
    }
    return kind == Kind.TIMEOUT || kind == Kind.UNAVAILABLE ? RETRY_AFTER_S : 0;
  }

  /** The words for callers in this JVM, which know what is behind it. */
  public @Nullable String message() {
    return cause.getMessage();
  }

  /** The words for clients, which are told nothing of what is behind this server. */
  public String detail() {
    if (kind == Kind.UNAVAILABLE) {
      return UNAVAILABLE;
    }
    return cause instanceof ServerEventsException
        ? String.valueOf(cause.getMessage())
        : HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  /** The type of the last message of a stream that has failed. */
  public String type() {
    return kind == Kind.TIMEOUT ? kind.word() : ERROR;
  }

  /** The status with which a socket is closed that cannot be served. */
  public WebSocketCloseStatus closeStatus() {
    return retryAfter > 0
        ? WebSocketCloseStatus.TRY_AGAIN_LATER
        : WebSocketCloseStatus.POLICY_VIOLATION;
  }

  /** What there is to say beside the status and the words: the event, and what became of it. */
  public JsonObject members() {
    var members = new JsonObject();
    if (cause instanceof EventFailureException failure) {
      members
          .put("name", failure.name())
          .put("id", failure.id())
          .put("code", failure.code())
          .put("data", failure.detail());
    } else if (cause instanceof EventTimeoutException timeout) {
      members.put("name", timeout.name()).put("id", timeout.id()).put("waited", timeout.timeout());
    }
    return members;
  }
}
