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

  /** Routes to mount. */
  static Router router(ServerEvents events, RoutesOptions options, Bodies bodies, Quotas quotas) {
    var router = Router.router(events.vertx());
    // In a frame, a page of ours would do for any other what its origin must not
    router
        .route("/iframe*")
        .handler(ctx -> ctx.fail(HttpResponseStatus.NOT_FOUND.code()))
        .failureHandler(Problems::answer);
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
    return router;
  }

  /** What SockJS answers by itself to a body that it cannot read would count as our error. */
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

  /** What {@code jsonp_send} decodes is checked as that which it is sent in. */
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
