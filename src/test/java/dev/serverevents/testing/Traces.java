package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.tracing.OpenTelemetryTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What one process traces, which a test reads. */
public final class Traces {

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final AtomicInteger open = new AtomicInteger();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(new Count())
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();

  /** Traces nothing of a Vert.x yet. */
  public Traces() {}

  /** Traces what a Vert.x does with events. */
  public static Traces of(Vertx vertx) {
    var traces = new Traces();
    OpenTelemetryTracing.bind(vertx, traces.openTelemetry());
    return traces;
  }

  public OpenTelemetry openTelemetry() {
    return sdk;
  }

  /** The spans that have ended. */
  public List<SpanData> ended() {
    return exporter.getFinishedSpanItems();
  }

  /** The only span of a name, which is awaited. */
  public SpanData span(String name) {
    Await.until(() -> ended().stream().anyMatch(span -> span.getName().equals(name)));
    assertThat(ended().stream().filter(span -> span.getName().equals(name))).hasSize(1);
    return ended().stream().filter(span -> span.getName().equals(name)).findFirst().orElseThrow();
  }

  /** Does something while a span of the test is current. */
  public <T> T within(String name, Supplier<T> action) {
    var span = sdk.getTracer("test").spanBuilder(name).startSpan();
    try {
      return Context.current().with(span).wrapSupplier(action).get();
    } finally {
      span.end();
    }
  }

  /** Each span that was begun ends. */
  public void awaitAllEnded() {
    Await.until(() -> open.get() == 0);
  }

  private final class Count implements SpanProcessor {

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      open.incrementAndGet();
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      open.decrementAndGet();
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
