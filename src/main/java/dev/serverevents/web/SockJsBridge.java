package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEvents;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import java.util.Locale;

/** The routes of SockJS, with all its transports but frames; see {@link SockJsSession}. */
final class SockJsBridge {

  private static final String FORM = "application/x-www-form-urlencoded";

  private SockJsBridge() {}

  /** The router of the bridge, to be mounted. */
  static Router router(ServerEvents events, RoutesOptions options, Bodies bodies, Quotas quotas) {
    var router = Router.router(events.vertx());
    // In a frame, a page of this server would do for any page what that page's origin must not
    leaveOut(router, "/iframe*");
    // Vert.x never ends its answer to what no client since SockJS 0.3 asks
    leaveOut(router, "/chunking_test");
    bodies.on(router.post()).handler(SockJsBridge::blameTheClient).failureHandler(Problems::answer);
    router
        .postWithRegex(".*/jsonp_send")
        .handler(SockJsBridge::checkForm)
        .failureHandler(Problems::answer);
    router
        .route("/*")
        .subRouter(
            SockJSHandler.create(events.vertx())
                .socketHandler(socket -> SockJsSession.serve(socket, events, options, quotas)));
    AllowedMethods.only(router, "/info", "GET, OPTIONS");
    return router;
  }

  private static void leaveOut(Router router, String path) {
    router
        .route(path)
        .handler(ctx -> ctx.fail(HttpResponseStatus.NOT_FOUND.code()))
        .failureHandler(Problems::answer);
  }

  /** SockJS answers a body that it cannot read with 500, though it is the client's mistake. */
  private static void blameTheClient(RoutingContext ctx) {
    ctx.addHeadersEndHandler(
        head -> {
          if (!ctx.failed()
              && ctx.response().getStatusCode()
                  == HttpResponseStatus.INTERNAL_SERVER_ERROR.code()) {
            ctx.response().setStatusCode(HttpResponseStatus.BAD_REQUEST.code());
          }
        });
    ctx.next();
  }

  /** Checks the form of {@code jsonp_send} before SockJS decodes it. */
  private static void checkForm(RoutingContext ctx) {
    var type = ctx.request().getHeader(HttpHeaders.CONTENT_TYPE);
    var body = ctx.body().asString();
    if (type != null
        && body != null
        && type.toLowerCase(Locale.ROOT).startsWith(FORM)
        && !Utf8.isPercentEncoded(body)) {
      ctx.fail(new InvalidInputException("body", body, "must be percent-encoded UTF-8"));
    } else {
      ctx.next();
    }
  }
}
