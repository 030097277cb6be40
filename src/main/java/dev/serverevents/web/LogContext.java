package dev.serverevents.web;

import dev.serverevents.ServerEventsTracing;
import dev.serverevents.internal.Printable;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.slf4j.MDC;

/**
 * Tells which event a line of the log is about: SLF4J's MDC has its {@code name} and {@code id},
 * with what cannot be printed escaped, and the {@code trace_id} and the {@code span_id} where it is
 * traced.
 */
public final class LogContext {

  private static final List<String> FIELDS = List.of("name", "id");

  private LogContext() {}

  /** Runs an action that logs, with the event of a request's path in the MDC. */
  public static void with(RoutingContext ctx, Runnable logging) {
    var trace = ServerEventsTracing.of(ctx.vertx()).logFields();
    FIELDS.forEach(
        field -> {
          if (ctx.pathParam(field) != null) {
            MDC.put(field, Printable.of(ctx.pathParam(field)));
          }
        });
    trace.forEach(MDC::put);
    try {
      logging.run();
    } finally {
      FIELDS.forEach(MDC::remove);
      trace.keySet().forEach(MDC::remove);
    }
  }
}
