package dev.serverevents.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.PlatformHandler;

/**
 * Refuses a request whose body does not end in time, since a client could send it byte by byte, and
 * at once where the rest cannot come.
 */
final class BodyInTime implements PlatformHandler {

  private final long timeout;

  /** Gives a body so many ms. */
  BodyInTime(long timeout) {
    this.timeout = timeout;
  }

  @Override
  public void handle(RoutingContext ctx) {
    var timer = ctx.vertx().setTimer(timeout, late -> refuse(ctx));
    ctx.request().end().onComplete(ended -> ctx.vertx().cancelTimer(timer));
    HalfClose.readBody(ctx);
    ctx.next();
  }

  /** What is left of the body may still come. */
  private void refuse(RoutingContext ctx) {
    var why = "The body was not there within %d ms (http.requestTimeout)".formatted(timeout);
    Problems.closeBehind(ctx);
    ctx.fail(new HttpException(HttpResponseStatus.REQUEST_TIMEOUT.code(), why));
  }
}
