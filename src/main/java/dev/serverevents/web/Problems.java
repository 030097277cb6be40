package dev.serverevents.web;

import dev.serverevents.Cause;
import dev.serverevents.IncompleteException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.Printable;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers failed requests with {@code application/problem+json} (RFC 9457). */
public final class Problems {

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final String DETAIL = "detail";
  private static final int INTERNAL_SERVER_ERROR = 500;

  /** The statuses that a router answers by itself, when no route does. */
  private static final List<Integer> ROUTER_STATUSES = List.of(400, 401, 403, 404, 405, 413, 500);

  /** The details of statuses for which Vert.x has no words. */
  private static final Map<Integer, String> DETAILS =
      Map.of(
          400, "The request is malformed",
          401, "Authentication is needed",
          403, "This is not permitted",
          404, "Nothing is found at this path",
          405, "The method is none of those that Allow names",
          413, "The body is too large",
          414, "The URL is too long",
          417, "Expect must be \"100-continue\"",
          426, "Upgrade must be \"websocket\"",
          431, "The headers are too long");

  /** The statuses of requests that are not what they must be. */
  private static final Set<Integer> INVALID = Set.of(400, 408, 413, 414, 415, 417, 426, 431);

  private Problems() {}

  /** Sets the detail of a status, if the request fails with it. */
  static void explain(RoutingContext ctx, HttpResponseStatus status, String detail) {
    ctx.put(explanation(status.code()), detail);
  }

  private static String explanation(int status) {
    return "server-events.problem." + status;
  }

  /** The ending to tell a client. The log has what the client is not told. */
  static Ending ending(Throwable cause) {
    var ending = Ending.of(cause);
    if (ending.isForTheLog()) {
      LOG.warn("told a client that it is unavailable: {}", ending.message());
    }
    return ending;
  }

  /** The words of the {@link #ending} to tell a client. */
  static String words(Throwable cause) {
    return ending(cause).detail();
  }

  /**
   * Answers requests that are no HTTP or beyond a limit of the HTTP server, and closes their
   * connections: an {@link HttpServer#invalidRequestHandler}.
   */
  public static void answerInvalid(HttpServerRequest request) {
    var cause = request.decoderResult().cause();
    var status = HttpResponseStatus.BAD_REQUEST;
    if (cause instanceof TooLongHttpLineException) {
      status = HttpResponseStatus.REQUEST_URI_TOO_LONG;
    } else if (cause instanceof TooLongHttpHeaderException) {
      status = HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
    }
    var problem = problem(status.code()).put(DETAIL, DETAILS.get(status.code()));
    putCause(problem, status.code());
    send(request.response(), status.code(), problem.toBuffer())
        .onComplete(sent -> request.connection().close());
  }

  /** Makes a router answer its own errors as problems too: unknown paths, methods and the like. */
  public static void handleErrors(Router router) {
    ROUTER_STATUSES.forEach(status -> router.errorHandler(status, ctx -> answer(ctx, status)));
  }

  /** A route's failure handler. */
  public static void answer(RoutingContext ctx) {
    answer(ctx, status(ctx));
  }

  /** Whether Vert.x Web refuses a request by itself, before any handler: its Host is not valid. */
  private static boolean isMisdirected(RoutingContext ctx) {
    return ctx.request().version() == HttpVersion.HTTP_1_1 && ctx.request().authority() == null;
  }

  /** Whether a body broke off, or was no HTTP: Vert.x Web has such a request fail with 200. */
  private static boolean isBroken(RoutingContext ctx) {
    return ctx.statusCode() > 0 && ctx.statusCode() < HttpResponseStatus.BAD_REQUEST.code();
  }

  private static void answer(RoutingContext ctx, int status) {
    var response = ctx.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (!response.headWritten() && (isBroken(ctx) || isMisdirected(ctx))) {
      closeBehind(ctx);
    }
    if (status == INTERNAL_SERVER_ERROR) {
      LogContext.with(
          ctx,
          () ->
              LOG.error(
                  "{} {} failed",
                  Printable.of(ctx.request().method().name()),
                  Printable.of(String.valueOf(ctx.request().path())),
                  ctx.failure()));
    }
    var problem = problem(status);
    if (ctx.failure() instanceof ServerEventsException failure) {
      LogContext.with(ctx, () -> putEnding(problem, response, ending(failure)));
      Explanations.putLink(ctx, problem, failure);
    } else {
      putDetail(problem, ctx, status);
      putCause(problem, status);
    }
    send(response, status, body(problem, ctx.failure()));
  }

  /**
   * Has the connection of a request closed behind the answer, where what follows on it could not be
   * told from a request: Vert.x drops it from now on. A stream of HTTP/2 ends without the others.
   */
  public static void closeBehind(RoutingContext ctx) {
    if (ctx.request().version() != HttpVersion.HTTP_2) {
      var connection = ctx.request().connection();
      connection.shutdown();
      if (!ctx.response().headWritten()) { // as it is once a body was too large
        ctx.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      }
      ctx.addBodyEndHandler(answered -> connection.close()); // though a body may still come
    }
  }

  private static Buffer body(JsonObject problem, @Nullable Throwable failure) {
    return failure instanceof IncompleteException incomplete
        ? new ExactReplies(Problems::words).several(problem, incomplete.results())
        : problem.toBuffer();
  }

  private static void putEnding(JsonObject problem, HttpServerResponse response, Ending ending) {
    ending.explain(problem.put(DETAIL, ending.detail()).mergeIn(ending.members()));
    if (ending.retryAfter() > 0) {
      response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(ending.retryAfter()));
    }
  }

  private static JsonObject problem(int status) {
    return new JsonObject()
        .put("type", "about:blank")
        .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
        .put("status", status);
  }

  /** Says why where no exception does: who asks may have sent what is wrong. */
  private static void putCause(JsonObject problem, int status) {
    if (INVALID.contains(status)) {
      problem.put("cause", Cause.INVALID.word());
    } else if (status == INTERNAL_SERVER_ERROR) {
      problem.put("cause", Cause.UNEXPECTED.word());
    }
  }

  private static void putDetail(JsonObject problem, RoutingContext ctx, int status) {
    var detail = DETAILS.get(status);
    if (ctx.failure() instanceof HttpException failure && failure.getPayload() != null) {
      detail = failure.getPayload();
    } else if (ctx.get(explanation(status)) instanceof String explained) {
      detail = explained;
    } else if (status == HttpResponseStatus.BAD_REQUEST.code()) {
      detail = Objects.requireNonNullElse(Requests.wrongUrl(ctx), detail);
    }
    if (detail != null) {
      problem.put(DETAIL, detail);
    }
  }

  private static Future<Void> send(HttpServerResponse response, int status, Buffer problem) {
    return response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(problem);
  }

  private static int status(RoutingContext ctx) {
    if (ctx.failure() instanceof ServerEventsException failure) {
      return failure.status();
    }
    if (ctx.failure() instanceof HttpException failure) {
      return failure.getStatusCode();
    }
    if (isBroken(ctx)) {
      return HttpResponseStatus.BAD_REQUEST.code();
    }
    return ctx.statusCode() > 0 ? ctx.statusCode() : INTERNAL_SERVER_ERROR;
  }
}
