package dev.serverevents.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A context as headers. */
final class TraceHeaders {

  private static final TextMapGetter<Map<String, String>> GETTER =
      (headers, name) -> headers == null ? null : headers.get(name);

  private TraceHeaders() {}

  /** The headers that stand for a context. */
  static Map<String, String> of(TextMapPropagator propagator, Context context) {
    var headers = new LinkedHashMap<String, String>();
    propagator.inject(context, headers, Map::put);
    return headers;
  }

  /** The context that headers stand for, or another if they stand for none. */
  static Context in(TextMapPropagator propagator, Context otherwise, Map<String, String> headers) {
    return propagator.extract(otherwise, headers, GETTER);
  }
}
