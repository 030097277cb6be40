package dev.serverevents.app;

import dev.serverevents.internal.Printable;
import dev.serverevents.internal.loop.Chores;
import dev.serverevents.web.LogContext;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each request when its answer is complete, with the event's name and id in the logging
 * context (MDC). Vert.x Web's own LoggerHandler has no such context.
 */
final class AccessLog implements PlatformHandler {

  private static final Logger LOG = LoggerFactory.getLogger("access");

  @Override
  public void handle(RoutingContext ctx) {
    var began = System.nanoTime();
    ctx.addEndHandler(
        ended -> {
          var ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
          Chores.add(ctx.vertx(), () -> log(ctx, ms));
        });
    ctx.next();
  }

  private static void log(RoutingContext ctx, long ms) {
    var request = ctx.request();
    var client = request.remoteAddress() == null ? "-" : request.remoteAddress().hostAddress();
    LogContext.with(
        ctx,
        () ->
            LOG.info(
                "{} \"{} {} {}\" {} {} {} ms",
                client,
                Printable.of(request.method().name()),
                Printable.of(request.uri()),
                request.version(),
                ctx.response().getStatusCode(),
                ctx.response().bytesWritten(),
                ms));
  }
}
