package dev.serverevents.web;

import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.Printable;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what failed as {@code application/problem+json} (RFC 9457). */
public final class Problems {

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final int INTERNAL_SERVER_ERROR = 500;

  /** For how long to leave us alone: nothing is gained by more, since a request may wait here. */
  static final String RETRY_AFTER_SECONDS = "1";

  /** What a router answers by itself, when no route does. */
  private static final List<Integer> ROUTER_STATUSES = List.of(400, 401, 403, 404, 405, 413, 500);

  private Problems() {}

  /** Makes a router answer its own errors as problems too: unknown paths, methods and the like. */
  public static void handleErrors(Router router) {
    ROUTER_STATUSES.forEach(status -> router.errorHandler(status, ctx -> answer(ctx, status)));
  }

  /** A route's failure handler. */
  public static void answer(RoutingContext ctx) {
    answer(ctx, status(ctx));
  }

  private static void answer(RoutingContext ctx, int status) {
    var response = ctx.response();
    if (response.ended() || response.closed()) {
      return;
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
    var problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status);
    if (ctx.failure() instanceof ServerEventsException failure) {
      problem.put("detail", failure.getMessage());
    }
    if (ctx.failure() instanceof HttpException failure && failure.getPayload() != null) {
      problem.put("detail", failure.getPayload());
    }
    if (ctx.failure() instanceof EventFailureException failure) {
      problem
          .put("name", failure.name())
          .put("id", failure.id())
          .put("code", failure.code())
          .put("data", failure.detail());
    }
    if (ctx.failure() instanceof EventTimeoutException timeout) {
      problem.put("name", timeout.name()).put("id", timeout.id()).put("waited", timeout.timeout());
    }
    if (ctx.failure() instanceof QuotaException quota) {
      response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(quota.retryAfter()));
    }
    if (ctx.failure() instanceof EventTimeoutException
        || ctx.failure() instanceof UnavailableException) {
      response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(problem.toBuffer());
  }

  private static int status(RoutingContext ctx) {
    if (ctx.failure() instanceof ServerEventsException failure) {
      return failure.status();
    }
    if (ctx.failure() instanceof HttpException failure) {
      return failure.getStatusCode();
    }
    return ctx.statusCode() > 0 ? ctx.statusCode() : INTERNAL_SERVER_ERROR;
  }
}
