package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.metrics.MicrometerMetrics;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.web.Usage.Kind;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import org.junit.jupiter.api.Test;

/** Clients that are gone, and clients that only have no more to say. */
@OnBothBackends
class LeavingClientsTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private Http http(Server server) {
    MicrometerMetrics.bind(server.vertx(), registry);
    server.deploy();
    return new Http(server);
  }

  private double streams(String outcome) {
    var counter = registry.find("server.events.streams").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  private double left() {
    return registry.counter("server.events.clients.left").count();
  }

  private static Socket halfClosed(Http http, String request) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), http.port());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    socket.shutdownOutput();
    return socket;
  }

  /** The answer, without interim ones. */
  private static String answer(Socket socket) throws IOException {
    var all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return all.replace("HTTP/1.1 100 Continue\r\n\r\n", "");
  }

  private static String get(String path) {
    return "GET /api%s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(path);
  }

  @Test
  void aClientThatHasClosedItsOwnDirectionIsAnswered(Server server) throws IOException {
    var http = http(server);
    var waiting = halfClosed(http, get("/events/a/1"));
    var any = halfClosed(http, get("/events/a?any=1,2"));
    var late = halfClosed(http, get("/events/a/3?timeout=1500"));
    Await.until(() -> server.broker().channels().containsAll(Arrays.asList("a:1", "a:2", "a:3")));
    var posting =
        halfClosed(
            http, "POST /api/events/b/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n[1]");
    assertThat(answer(posting)).startsWith("HTTP/1.1 202 ").endsWith("{\"receivers\":0}");
    result(server.events().emit("a", 1, "x"));
    assertThat(answer(waiting)).startsWith("HTTP/1.1 200 ").endsWith("[\"x\"]");
    assertThat(answer(any)).startsWith("HTTP/1.1 200 ").endsWith("{\"id\":\"1\",\"args\":[\"x\"]}");
    assertThat(answer(late)).startsWith("HTTP/1.1 504 ");
    assertThat(left()).isZero();
  }

  @Test
  void aBodyOfWhichTheRestCannotComeIsRefusedAtOnce(Server server) throws IOException {
    var http = http(server); // which would give the body 30 s
    var head = "POST /api/events/b/1?retain=60000 HTTP/1.1\r\nHost: x\r\n";
    for (var body :
        new String[] {
          "Content-Length: 3\r\n\r\n[1", "Transfer-Encoding: chunked\r\n\r\n3\r\n[1]"
        }) {
      assertThat(answer(halfClosed(http, head + body)))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"detail\":\"The client has closed its direction before the body ended\"");
    }
    assertThat(http.get("/events/b/1?retained=true&timeout=300").status()).isEqualTo(504);
  }

  @Test
  void allThatAClientAskedForIsAnsweredThoughItHasClosedItsOwnDirection(Server server)
      throws IOException {
    var http = http(server);
    var socket = halfClosed(http, get("/events/a/1") + get("/events/a/2?timeout=300"));
    Await.until(() -> server.broker().channels().contains("a:1"));
    result(server.events().emit("a", 1, "x"));
    assertThat(answer(socket)).startsWith("HTTP/1.1 200 ").contains("[\"x\"]HTTP/1.1 504 ");
    assertThat(left()).isZero();
  }

  @Test
  void aStreamToAClientThatHasClosedItsOwnDirectionGoesOn(Server server) throws IOException {
    var http = http(server);
    var stream = halfClosed(http, get("/events/a/1/stream"));
    Await.until(() -> server.broker().channels().contains("$progress:a:1"));
    result(server.events().emitProgress("a", 1, 50));
    result(server.events().emit("a", 1, "x"));
    assertThat(answer(stream)).contains("data: [50]\n\n").contains("data: [\"x\"]\n\n");
    assertThat(left()).isZero();
    Await.until(() -> streams("result") == 1);
  }

  @Test
  void oneThatIsGoneAfterThatEndsItsWait(Server server) throws IOException {
    var http = http(server);
    var waiting = halfClosed(http, get("/events/a/1"));
    var streaming = halfClosed(http, get("/events/a/2/stream"));
    Await.until(() -> server.broker().channels().containsAll(Arrays.asList("a:1", "a:2")));
    waiting.close();
    streaming.close();
    Await.until(() -> server.broker().channels().isEmpty());
    Await.until(() -> left() == 2);
  }

  @Test
  void oneThatIsGoneLongAfterThatEndsItsWait(Server server) throws IOException {
    var waiting = halfClosed(http(server), get("/events/a/1?timeout=60000"));
    var interim = 5 * "HTTP/1.1 100 Continue\r\n\r\n".length();
    assertThat(waiting.getInputStream().readNBytes(interim)).hasSize(interim);
    waiting.close();
    Await.until(() -> server.broker().channels().isEmpty());
    Await.until(() -> left() == 1);
  }

  /** An authentication handler may take its time. */
  @Test
  void whatBeginsWhenItsClientIsGoneEndsAtOnce(Server server) throws IOException {
    server.deploy();
    var late = new LinkedBlockingDeque<RoutingContext>();
    var options =
        new RoutesOptions()
            .setMaxWait(600_000)
            .setAuthentication(
                ctx -> {
                  ctx.request().pause();
                  late.add(ctx);
                });
    var http = new Http(server, options);
    for (var path :
        List.of(
            "/events/a/1?timeout=600000",
            "/events/a?any=1,2&timeout=600000",
            "/events/a/1/stream?follow=true")) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
        socket.getOutputStream().write(get(path).getBytes(StandardCharsets.UTF_8));
        Await.until(() -> !late.isEmpty());
      }
      Await.until(() -> http.open() == 0);
      goOn(late.remove());
      for (var kind : List.of(Kind.WAITS, Kind.STREAMS)) {
        Await.until(() -> Usages.of(server.vertx()).total(kind) == 0);
      }
    }
  }

  /** The same, while the request, which nobody has paused, ends. */
  @Test
  void aHandshakeThatIsTooLateGivesBackItsPermit(Server server) throws IOException {
    server.deploy();
    var late = new LinkedBlockingDeque<RoutingContext>();
    var http = new Http(server, new RoutesOptions().setAuthentication(late::add));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
      socket.getOutputStream().write(Http.handshake("/socket").getBytes(StandardCharsets.UTF_8));
      Await.until(() -> !late.isEmpty() && late.peek().request().isEnded());
      goOn(late.remove());
      assertThat(socket.getInputStream().readNBytes(13)).asString().isEqualTo("HTTP/1.1 500 ");
    }
    Await.until(() -> Usages.of(server.vertx()).total(Kind.STREAMS) == 0);
  }

  /** Goes on with a request, and returns when what it begins has begun. */
  private static void goOn(RoutingContext ctx) {
    var begun = Promise.<Void>promise();
    ((ConnectionBase) ctx.request().connection())
        .context()
        .runOnContext(
            turn -> {
              ctx.request().resume();
              ctx.next();
              begun.complete();
            });
    result(begun.future());
  }

  @Test
  void aStreamThatItsClientResetsIsCountedAsGone(Server server) {
    var http = http(server);
    for (var version : new HttpVersion[] {HttpVersion.HTTP_1_1, HttpVersion.HTTP_2}) {
      var before = left();
      var client =
          server
              .vertx()
              .createHttpClient(
                  new HttpClientOptions()
                      .setProtocolVersion(version)
                      .setHttp2ClearTextUpgrade(false));
      var request =
          result(
              client.request(
                  HttpMethod.GET, http.port(), "127.0.0.1", "/api/events/a/1/stream?follow=true"));
      result(request.send());
      Await.until(() -> server.broker().channels().contains("a:1"));
      request.reset();
      Await.until(() -> server.broker().channels().isEmpty());
      Await.until(() -> left() == before + 1);
      result(client.close());
    }
    assertThat(streams("cancelled")).isEqualTo(2);
    assertThat(streams("result")).isZero();
  }

  @Test
  void aWebSocketThatIsGoneEndsItsStreamsAsGone(Server server) {
    var http = http(server);
    var socket = result(http.connect("/socket"));
    result(
        socket.writeTextMessage(
            "{\"type\":\"subscribe\",\"name\":\"a\",\"id\":1,\"follow\":true}"));
    Await.until(() -> server.broker().channels().contains("a:1"));
    result(socket.close());
    Await.until(() -> server.broker().channels().isEmpty());
    Await.until(() -> streams("cancelled") == 1);
    assertThat(streams("result")).isZero();
  }
}
