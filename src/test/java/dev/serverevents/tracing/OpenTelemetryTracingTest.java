package dev.serverevents.tracing;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.serverevents.Cause;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.metrics.MicrometerMetrics;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.testing.Traces;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.tracing.opentelemetry.OpenTelemetryOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The tracing, with Vert.x's own, with a log and with metrics. */
class OpenTelemetryTracingTest {

  /** A failure of a cause. */
  private static final class Failed extends Exception implements Cause.Known {

    private static final long serialVersionUID = 1L;

    private final Cause cause;

    Failed(Cause cause) {
      super("it failed");
      this.cause = cause;
    }

    @Override
    public Cause cause() {
      return cause;
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RESULT")
  void aCauseIsAnErrorUnlessSomebodyGaveUp(Cause cause) {
    var traces = new Traces();
    var span =
        new OpenTelemetryTracing(traces.openTelemetry()).begin(Operation.WAIT, "priced", "7");
    span.end(new Failed(cause));
    var ended = traces.span("wait priced");
    var gaveUp = cause == Cause.CANCELLED || cause == Cause.CLIENT_GONE;
    assertThat(ended.getStatus().getStatusCode())
        .isEqualTo(gaveUp ? StatusCode.UNSET : StatusCode.ERROR);
    assertThat(ended.getAttributes().get(AttributeKey.stringKey("error.type")))
        .isEqualTo(gaveUp ? null : cause.word());
    assertThat(ended.getAttributes().get(AttributeKey.stringKey("server_events.cause")))
        .isEqualTo(cause.word());
  }

  /** A Vert.x that traces requests itself, with what is done about events in the same traces. */
  private static final class Traced implements AutoCloseable {

    private final Traces traces = new Traces();
    private final Vertx vertx;
    private int port;
    private HttpClient client; // which ends when nothing refers to it

    Traced() {
      vertx =
          Vertx.builder()
              .with(new VertxOptions().setTracingOptions(new OpenTelemetryOptions()))
              .withTracer(new OpenTelemetryTracingFactory(traces.openTelemetry()))
              .build();
      OpenTelemetryTracing.bind(vertx, traces.openTelemetry());
      result(vertx.deployVerticle(ServerEventsVerticle.of(TestRedis.shared().url())));
    }

    ServerEvents serve() {
      var events = ServerEvents.create(vertx);
      var router = Router.router(vertx);
      ServerEventsRoutes.mount(router, events);
      router
          .get("/broken/:name/:id")
          .handler(
              ctx -> {
                throw new IllegalStateException("broken");
              })
          .failureHandler(Problems::answer);
      var server = vertx.createHttpServer().requestHandler(router);
      port = result(server.listen(0, "127.0.0.1")).actualPort();
      return events;
    }

    /** A request of a client that is not traced. */
    int get(String path) {
      var other = Vertx.vertx();
      client = other.createHttpClient();
      var status =
          result(
              client
                  .request(HttpMethod.GET, port, "127.0.0.1", path)
                  .compose(request -> request.send())
                  .map(response -> response.statusCode()));
      result(other.close());
      return status;
    }

    @Override
    public void close() {
      result(vertx.close());
    }
  }

  @Test
  void aWaitOverHttpIsAChildOfTheRequestAsVertxTracesIt() {
    try (var traced = new Traced()) {
      traced.serve();
      assertThat(traced.get("/events/traced.http/1?timeout=50")).isEqualTo(504);
      var wait = traced.traces.span("wait traced.http");
      var request =
          traced.traces.ended().stream()
              .filter(span -> span.getKind() == SpanKind.SERVER)
              .findFirst()
              .orElseThrow();
      assertThat(wait.getParentSpanId()).isEqualTo(request.getSpanId());
      assertThat(wait.getTraceId()).isEqualTo(request.getTraceId());
      assertThat(wait.getAttributes().get(AttributeKey.stringKey("error.type")))
          .isEqualTo("no-event");
      traced.traces.awaitAllEnded();
    }
  }

  @Test
  void aLineOfTheLogAboutAnEventHasTheTrace() {
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    var log = (Logger) LoggerFactory.getLogger(Problems.class);
    log.addAppender(lines);
    try (var traced = new Traced()) {
      traced.serve();
      assertThat(traced.get("/broken/priced/7")).isEqualTo(500);
      var request = traced.traces.ended().get(0);
      assertThat(lines.list.get(0).getMDCPropertyMap())
          .containsEntry("name", "priced")
          .containsEntry("id", "7")
          .containsEntry("trace_id", request.getTraceId())
          .containsEntry("span_id", request.getSpanId());
    } finally {
      log.detachAppender(lines);
    }
  }

  /** What is current, as the registry of Prometheus asks for it. */
  private static final class Current implements SpanContext {
    @Override
    public String getCurrentTraceId() {
      return Span.current().getSpanContext().getTraceId();
    }

    @Override
    public String getCurrentSpanId() {
      return Span.current().getSpanContext().getSpanId();
    }

    @Override
    public boolean isCurrentSpanSampled() {
      return Span.current().getSpanContext().isSampled();
    }

    @Override
    public void markCurrentSpanAsExemplar() {}
  }

  @Test
  void theTimeToAResultHasTheWaitAsItsExemplar() {
    try (var traced = new Traced()) {
      var registry =
          new PrometheusMeterRegistry(
              PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, new Current());
      MicrometerMetrics.bind(traced.vertx, registry);
      var events = traced.serve();
      var wait = events.listen("traced.exemplar", 1);
      result(wait.subscribed());
      result(events.emit("traced.exemplar", 1));
      result(wait.future());
      var span = traced.traces.span("wait traced.exemplar");
      assertThat(
              registry
                  .scrape("application/openmetrics-text; version=1.0.0; charset=utf-8")
                  .lines()
                  .filter(line -> line.startsWith("server_events_time_to_result_seconds_bucket"))
                  .filter(line -> line.contains("# {")))
          .singleElement()
          .asString()
          .contains("span_id=\"" + span.getSpanId() + '"')
          .contains("trace_id=\"" + span.getTraceId() + '"');
    }
  }
}
