package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.util.Locale;

/**
 * Reads the bodies of requests: UTF-8 of a limited length, as it was sent, whatever {@code
 * Content-Type} says; for many clients say by default that it is a form. Only a multipart body,
 * which is never what it wraps, gets 415, and one that is not there in time 408.
 */
public final class Bodies {

  private static final String MULTIPART = "multipart/";

  private final BodyHandler reader;
  private final String tooLarge;
  private final BodyInTime inTime;

  /** Reads bodies of at most so many bytes, which may take so many ms to arrive. */
  public Bodies(long maxBytes, long timeout) {
    inTime = new BodyInTime(timeout);
    reader = BodyHandler.create(false).setBodyLimit(maxBytes);
    tooLarge = "The body must have at most " + maxBytes + " bytes";
  }

  /** Reads the bodies of a route, before the handlers that are added to it next. */
  public Route on(Route route) {
    return route.handler(inTime).handler(this::read).handler(Bodies::checkText);
  }

  private void read(RoutingContext ctx) {
    var headers = ctx.request().headers();
    var type = headers.get(HttpHeaders.CONTENT_TYPE);
    if (type != null && type.strip().toLowerCase(Locale.ROOT).startsWith(MULTIPART)) {
      var rule = "must not be multipart: the body is what is sent, and nothing around it";
      var status = HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE.code();
      var why = new InvalidInputException("Content-Type", type, rule).getMessage();
      ctx.fail(new HttpException(status, why));
      return;
    }
    Problems.explain(ctx, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, tooLarge);
    headers.remove(HttpHeaders.CONTENT_TYPE); // the reader, which looks at once, would decode forms
    reader.handle(ctx);
    if (type != null) {
      headers.set(HttpHeaders.CONTENT_TYPE, type);
    }
  }

  private static void checkText(RoutingContext ctx) {
    var body = ctx.body().buffer();
    if (body != null && !Utf8.isText(body.getBytes())) {
      ctx.fail(new InvalidInputException("body", body.toString(), "must be UTF-8"));
    } else {
      ctx.next();
    }
  }
}
