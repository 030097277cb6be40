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

  /** Whether an answer began while its client was there. */
  private static final String BEGUN = AccessLog.class.getName() + ".begun";

  /** What nginx logs of a request whose client left before its answer began. */
  private static final int CLIENT_LEFT = 499;

  @Override
  public void handle(RoutingContext ctx) {
    var began = System.nanoTime();
    ctx.addHeadersEndHandler(head -> ctx.put(BEGUN, !ctx.response().closed()));
    ctx.addEndHandler(
        ended -> {
          var ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
          var left = ended.failed() && !Boolean.TRUE.equals(ctx.get(BEGUN));
          var status = left ? CLIENT_LEFT : ctx.response().getStatusCode();
          Chores.add(ctx.vertx(), () -> log(ctx, status, ms));
        });
    ctx.next();
  }

  private static void log(RoutingContext ctx, int status, long ms) {
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
                status,
                ctx.response().bytesWritten(),
                ms));
  }
}
