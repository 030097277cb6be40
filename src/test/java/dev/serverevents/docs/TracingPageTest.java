package dev.serverevents.docs;

import static dev.serverevents.docs.Pages.page;
import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.testing.Traces;
import dev.serverevents.tracing.OpenTelemetryTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page on traces says what there is. */
class TracingPageTest {

  private static void bind(Vertx vertx, OpenTelemetry openTelemetry) {
    OpenTelemetryTracing.bind(vertx, openTelemetry);
  }

  private static Vertx traced(OpenTelemetry openTelemetry) {
    var traced =
        Vertx.builder()
            .with(new VertxOptions().setTracingOptions(new OpenTelemetryOptions()))
            .withTracer(new OpenTelemetryTracingFactory(openTelemetry))
            .build();
    return traced;
  }

  @Test
  void itsBlocksTrace() {
    var traces = new Traces();
    var vertx = traced(traces.openTelemetry());
    bind(vertx, traces.openTelemetry());
    failure(dev.serverevents.ServerEvents.create(vertx).on("priced", 7));
    assertThat(traces.span("wait priced").getParentSpanContext().isValid()).isFalse();
    result(vertx.close());
  }

  @Test
  void itsTablesHaveAllSpansAndAllAttributes() {
    var words =
        Arrays.stream(Operation.values())
            .map(operation -> operation.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toList();
    assertThat(page("tracing.md").prose())
        .contains(words.stream().map(word -> "`" + word + " NAME`").toList());

    var traces = new Traces();
    var tracing = new OpenTelemetryTracing(traces.openTelemetry());
    for (var operation : Operation.values()) {
      var span = tracing.begin(operation, "priced", "7");
      span.worker("w");
      span.receivers(1);
      span.end(
          new dev.serverevents.Timeline(1L, 1L, 1L, "w", 1L, 1L),
          new dev.serverevents.EventFailureException("priced", "7", 422, "no", null));
    }
    var attributes = new HashSet<String>();
    traces.ended().stream()
        .map(SpanData::getAttributes)
        .flatMap(all -> all.asMap().keySet().stream())
        .map(AttributeKey::getKey)
        .forEach(attributes::add);
    assertThat(page("tracing.md").column("Spans", "[a-z_.]+\\.[a-z_.]+"))
        .containsExactlyInAnyOrderElementsOf(attributes);
    assertThat(page("tracing.md").prose())
        .contains(
            traces.ended().get(0).getEvents().stream().map(e -> "`" + e.getName() + "`").toList());
    assertThat(List.copyOf(attributes)).contains("error.type");
  }
}
