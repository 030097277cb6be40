import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.tracing.OpenTelemetryTracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.tracing.opentelemetry.OpenTelemetryOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisServer;

/**
 * The trace of an order, from its client through the API server, Redis and the worker in JavaScript
 * and back, as a collector gets it from both.
 */
@Timeout(60)
class TraceTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** The span of the client, which is not sent. */
  private static final String CLIENT = "00f067aa0ba902b7";

  private static final int INTERNAL = 1;
  private static final int SERVER = 2;
  private static final int CLIENT_KIND = 3;
  private static final int PRODUCER = 4;
  private static final int CONSUMER = 5;

  private static RedisServer redis;
  private static Vertx collecting;
  private static Collector collector;
  private static OpenTelemetrySdk telemetry;
  private static Vertx vertx;
  private static Running worker;
  private static String api;

  @BeforeAll
  static void start() throws IOException {
    Running.assumeThere("node");
    Running.installNodeClient();
    var port = Running.freePort();
    redis = RedisServer.builder().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
    redis.start();
    var redisUrl = "redis://127.0.0.1:" + port;
    collecting = Vertx.vertx();
    collector = new Collector(collecting);
    telemetry = telemetry();
    vertx =
        Vertx.builder()
            .with(new VertxOptions().setTracingOptions(new OpenTelemetryOptions()))
            .withTracer(new OpenTelemetryTracingFactory(telemetry))
            .build();
    OpenTelemetryTracing.bind(vertx, telemetry);
    vertx.deployVerticle(ServerEventsVerticle.of(redisUrl)).await();
    var router = Api.router(vertx, ServerEvents.create(vertx));
    var server = vertx.createHttpServer().requestHandler(router);
    api = "http://127.0.0.1:" + server.listen(0, "127.0.0.1").await().actualPort();
    var endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.url();
    var command = List.of("env", endpoint, "node", "workers/worker.js");
    worker = Running.start(redisUrl, command, "The worker waits for jobs");
  }

  private static OpenTelemetrySdk telemetry() {
    var exporter =
        OtlpHttpSpanExporter.builder().setEndpoint(collector.url() + "/v1/traces").build();
    var service = Attributes.of(AttributeKey.stringKey("service.name"), "orders-api");
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setResource(Resource.create(service))
                .addSpanProcessor(
                    BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(Duration.ofMillis(50))
                        .build())
                .build())
        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
        .build();
  }

  @AfterAll
  static void end() throws IOException {
    if (worker != null) {
      worker.close();
      vertx.close().await();
      telemetry.close();
      collecting.close().await();
      redis.stop();
    }
  }

  private static HttpRequest.Builder request(String path, String traceId) {
    return HttpRequest.newBuilder(URI.create(api + path))
        .header("traceparent", "00-" + traceId + "-" + CLIENT + "-01");
  }

  private static int order(String item, String traceId) throws Exception {
    var order = new JsonObject().put("item", item).put("quantity", 2);
    var request =
        request("/orders/7/price", traceId).POST(BodyPublishers.ofString(order.encode())).build();
    return HTTP.send(request, BodyHandlers.ofString()).statusCode();
  }

  /** The spans of a trace, as soon as there are so many. */
  private static List<Collector.Span> trace(String traceId, int count) throws Exception {
    while (collector.of(traceId).size() < count) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    var spans = collector.of(traceId);
    assertEquals(count, spans.size(), spans::toString);
    return spans;
  }

  private static Collector.Span span(List<Collector.Span> trace, String name, int kind) {
    var found = trace.stream().filter(s -> s.kind() == kind && s.name().startsWith(name)).toList();
    assertEquals(1, found.size(), () -> name + " in " + trace);
    return found.get(0);
  }

  private static void assertOfOrder(Collector.Span span, String operation, String type) {
    assertEquals("redis", span.attributes().get("messaging.system"));
    assertEquals("orders.priced", span.attributes().get("messaging.destination.name"));
    assertEquals("7", span.attributes().get("messaging.message.conversation_id"));
    assertEquals(operation, span.attributes().get("messaging.operation.name"));
    assertEquals(type, span.attributes().get("messaging.operation.type"));
  }

  @Test
  void anOrderIsOneTraceFromItsClientToTheWorkerAndBack() throws Exception {
    var traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    assertEquals(200, order("tea", traceId));
    var trace = trace(traceId, 5);
    var http = span(trace, "POST", SERVER);
    var wait = span(trace, "wait orders.priced", INTERNAL);
    var handOver = span(trace, "hand-over orders.priced", PRODUCER);
    var work = span(trace, "work orders.priced", CONSUMER);
    var receive = span(trace, "receive orders.priced", CLIENT_KIND);

    assertEquals(CLIENT, http.parentSpanId());
    assertEquals(http.spanId(), wait.parentSpanId());
    assertEquals(wait.spanId(), handOver.parentSpanId());
    assertEquals(handOver.spanId(), work.parentSpanId());
    assertEquals(wait.spanId(), receive.parentSpanId());

    assertOfOrder(wait, "wait", null);
    assertOfOrder(handOver, "hand-over", "send");
    assertOfOrder(work, "work", "process");
    assertOfOrder(receive, "receive", "receive");
    assertEquals("orders-worker", work.service());
    for (var span : List.of(http, wait, handOver, receive)) {
      assertEquals("orders-api", span.service());
    }
    for (var span : trace) {
      assertNull(span.error(), span::toString);
      assertNull(span.attributes().get("error.type"), span::toString);
    }
    assertTrue(wait.attributes().containsKey("server_events.worker.id"), wait::toString);
  }

  @Test
  void whatTheWorkerRefusesIsAnErrorOfBothSides() throws Exception {
    var traceId = "4bf92f3577b34da6a3ce929d0e0e4737";
    assertEquals(422, order("gold", traceId));
    var trace = trace(traceId, 5);
    var failed =
        List.of(
            span(trace, "wait", INTERNAL),
            span(trace, "receive", CLIENT_KIND),
            span(trace, "work", CONSUMER));
    for (var span : failed) {
      assertEquals("There is no such item", span.error(), span::toString);
      assertEquals("failure", span.attributes().get("error.type"), span::toString);
    }
    assertNull(span(trace, "hand-over", PRODUCER).error());
  }

  @Test
  void aStreamIsATraceOfItsOwnWithALinkToItsRequest() throws Exception {
    var traceId = "4bf92f3577b34da6a3ce929d0e0e4738";
    var path = "/live/events/orders.priced/none/stream?timeout=50";
    HTTP.send(request(path, traceId).build(), BodyHandlers.ofString());
    var http = trace(traceId, 1).get(0);
    while (linkedTo(http).isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    var stream = linkedTo(http).get(0);
    assertEquals("stream orders.priced", stream.name());
    assertEquals("", stream.parentSpanId());
    assertEquals("no-event", stream.attributes().get("error.type"));
  }

  private static List<Collector.Span> linkedTo(Collector.Span other) {
    return collector.all().stream().filter(s -> s.links().contains(other.spanId())).toList();
  }
}
