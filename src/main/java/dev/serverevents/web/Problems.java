package dev.serverevents.web;

import dev.serverevents.ServerEventsException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what failed as {@code application/problem+json} (RFC 9457). */
public final class Problems {

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final int INTERNAL_SERVER_ERROR = 500;

  private Problems() {}

  /** A failure handler, for a route or for {@code Router.errorHandler}. */
  public static void answer(RoutingContext ctx) {
    var response = ctx.response();
    if (response.ended() || response.closed()) {
      return;
    }
    var status = status(ctx);
    if (status == INTERNAL_SERVER_ERROR) {
      LOG.error("{} {} failed", ctx.request().method(), ctx.request().path(), ctx.failure());
    }
    var problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status);
    if (ctx.failure() instanceof ServerEventsException failure) {
      problem.put("detail", failure.getMessage());
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
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
