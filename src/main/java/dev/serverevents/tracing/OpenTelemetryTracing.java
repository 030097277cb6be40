package dev.serverevents.tracing;

import dev.serverevents.ServerEventsTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.vertx.core.Vertx;
import java.util.Map;

/**
 * Spans by the semantic conventions for messaging of OpenTelemetry:
 *
 * <ul>
 *   <li>{@code wait}, with {@code hand-over} and {@code receive} in it: a child of what is current
 *       where the wait begins, for example of Vert.x's span of an HTTP request
 *   <li>{@code work}: a child of the {@code hand-over} that its job came from, in whichever process
 *   <li>{@code publish} and {@code progress}: children of what is current where they are called,
 *       and of {@code work} where a worker answers
 *   <li>{@code stream}: a trace of its own, which has a link to what is current where it is opened,
 *       since it may last for ever
 * </ul>
 *
 * <p>The context goes on in the headers {@code traceparent} and {@code tracestate} of jobs (W3C
 * Trace Context), beside those of the propagators that are set; and it comes back in the claim of
 * the worker, to which the {@code wait} has a link then. What fails has the word of its {@link
 * dev.serverevents.Cause} as {@code error.type}.
 */
public final class OpenTelemetryTracing implements ServerEventsTracing {

  /** The name of the instrumentation scope of all spans. */
  public static final String SCOPE = "dev.serverevents";

  private final EventSpans spans;

  /** Traces with the tracer and the propagators of {@code openTelemetry}. */
  public OpenTelemetryTracing(OpenTelemetry openTelemetry) {
    var jobs =
        TextMapPropagator.composite(
            openTelemetry.getPropagators().getTextMapPropagator(),
            W3CTraceContextPropagator.getInstance());
    spans = new EventSpans(openTelemetry.getTracer(SCOPE), jobs);
  }

  /** Traces on a Vert.x, from before the first verticle of ours is deployed there. */
  public static void bind(Vertx vertx, OpenTelemetry openTelemetry) {
    ServerEventsTracing.set(vertx, new OpenTelemetryTracing(openTelemetry));
  }

  @Override
  public Span begin(Operation operation, String name, String id) {
    return spans.begin(operation, name, id, Context.current());
  }

  @Override
  public Span work(String name, String id, Map<String, String> headers) {
    return spans.work(name, id, headers);
  }

  @Override
  public Map<String, String> logFields() {
    var current = io.opentelemetry.api.trace.Span.current().getSpanContext();
    return current.isValid()
        ? Map.of("trace_id", current.getTraceId(), "span_id", current.getSpanId())
        : Map.of();
  }
}
