package dev.serverevents.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Which methods a path has: who asks by another one has to be told (RFC 9110, 15.5.6). */
public final class AllowedMethods {

  private AllowedMethods() {}

  /** Mounts what is only read, by GET and HEAD. */
  public static void read(Router router, String path, Handler<RoutingContext> answer) {
    router
        .route(path)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(answer)
        .failureHandler(Problems::answer);
    only(router, path, "GET, HEAD, OPTIONS");
  }

  /** Answers OPTIONS, and refuses what the routes before have not taken. */
  public static void only(Router router, String path, String methods) {
    router
        .route(path)
        .handler(
            ctx -> {
              ctx.response().putHeader(HttpHeaders.ALLOW, methods);
              if (ctx.request().method().equals(HttpMethod.OPTIONS)) {
                ctx.response().setStatusCode(HttpResponseStatus.NO_CONTENT.code()).end();
              } else {
                ctx.fail(HttpResponseStatus.METHOD_NOT_ALLOWED.code());
              }
            })
        .failureHandler(Problems::answer);
  }
}
