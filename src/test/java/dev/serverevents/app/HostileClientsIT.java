package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.LimitsOptions;
import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.RawHttp;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.Sockets;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that take all they can get from the runnable jar, with 512 MB of heap, while an honest
 * one at another address emits and finds its events.
 */
@Tag("long")
@ExtendWith(ServerExtension.class)
class HostileClientsIT {

  private static final String ATTACKER = "127.0.0.2";
  private static final int MANY = 5_000;
  private static final String LAST = "Connection: close";
  private static final String HONEST_KEY = "X-API-Key: honest"; // where keys are set
  private static final String PENDING = "server_events_waits_pending";
  private static final Pattern RSS = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private static ServerProcess start(Server test, Map<String, String> more, String... arguments) {
    var environment =
        new HashMap<>(
            Map.of(
                "SERVER_EVENTS_REDIS",
                test.redis().url(),
                "SERVER_EVENTS_HTTP_PORT",
                "0",
                "SERVER_EVENTS_ROLES",
                "api",
                "JAVA_TOOL_OPTIONS",
                "-Xmx512m"));
    environment.putAll(more);
    var server = ServerProcess.start(environment, arguments);
    for (var i = 0; i < 200; i++) { // so that no class is loaded first under attack
      assertThat(emitAndFind(server.url(), "warm-up-" + i)).contains("[42]");
    }
    return server;
  }

  private static int port(ServerProcess server) {
    return URI.create(server.url()).getPort();
  }

  private static String emitAndFind(String url, String id) {
    var path = "/events/honest/" + id;
    return RawHttp.ask(
        url,
        "POST " + path + "?retain=10000 HTTP/1.1",
        "Host: a",
        HONEST_KEY,
        "Content-Length: 4",
        "",
        "[42]GET " + path + "?retained=true&timeout=5000 HTTP/1.1",
        "Host: a",
        HONEST_KEY,
        "Connection: close",
        "");
  }

  /** Emits and finds its events, one after the other. */
  private static final class Honest implements AutoCloseable {

    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong longestMs = new AtomicLong();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Thread thread;

    Honest(String url) {
      thread = new Thread(() -> run(url), "honest");
      thread.start();
    }

    private void run(String url) {
      while (!isOver.get()) {
        var began = System.nanoTime();
        try {
          var answer = emitAndFind(url, "e" + done.get());
          if (!answer.contains("[42]")) {
            failures.add(answer);
          }
        } catch (RuntimeException failure) {
          failures.add(failure.toString());
        }
        longestMs.accumulateAndGet(Figures.msSince(began), Math::max);
        done.incrementAndGet();
      }
    }

    void awaitMore(int rounds) {
      var until = done.get() + rounds;
      Await.until(() -> done.get() >= until);
    }

    @Override
    public void close() {
      isOver.set(true);
      Await.until(() -> !thread.isAlive());
      Figures.print(
          "the honest client: %d rounds, the longest %d ms".formatted(done.get(), longestMs.get()));
      assertThat(failures).isEmpty();
    }
  }

  /** Reads a stream, and knows the number that the newest event has as its first argument. */
  private static final class HonestReader implements AutoCloseable {

    private static final Pattern DATA = Pattern.compile("data: \\[(\\d+),.*");

    private final Socket socket;
    private final AtomicLong newest = new AtomicLong(-1);
    private final Thread thread;

    HonestReader(ServerProcess server, String path) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port(server));
      var request = "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      thread = new Thread(this::read, "honest-reader");
      thread.start();
    }

    private void read() {
      try (var lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
        lines
            .lines()
            .map(DATA::matcher)
            .filter(Matcher::matches)
            .forEach(data -> newest.set(Long.parseLong(data.group(1))));
      } catch (IOException | UncheckedIOException closed) {
        // by close()
      }
    }

    void await(long number) {
      Await.until(() -> newest.get() == number);
    }

    @Override
    public void close() throws IOException {
      socket.close();
      Await.until(() -> !thread.isAlive());
    }
  }

  /** Opens connections as they come from many clients that attack, not as a flood of packets. */
  private static void attack(
      Sockets sockets, Honest honest, int count, ServerProcess server, String... first) {
    for (var i = 0; i < count; i += 100) {
      sockets.open(100, ATTACKER, port(server), first);
      honest.awaitMore(1);
    }
  }

  private static double metric(String url, String line) {
    return RawHttp.ask(url, "GET /metrics HTTP/1.1", "Host: a", LAST, "")
        .lines()
        .filter(each -> each.startsWith(line + " "))
        .mapToDouble(each -> Double.parseDouble(each.substring(line.length())))
        .findFirst()
        .orElse(0);
  }

  private static long rssMb(ServerProcess server) throws IOException {
    var status = Path.of("/proc", String.valueOf(server.pid()), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    var matcher = RSS.matcher(Files.readString(status));
    return matcher.find() ? Long.parseLong(matcher.group(1)) / 1_024 : 0;
  }

  @Test
  @OwnRedis({})
  void readersThatNeverReadHarmNobodyAndAreFreedWhenTheyGo(Server test) throws IOException {
    try (var server = start(test, Map.of());
        var readers = new Sockets();
        var honest = new Honest(server.url())) {
      var url = server.url();
      var stream = "/events/pi/1/stream?follow=true";
      attack(readers, honest, MANY, server, "GET " + stream + " HTTP/1.1", "Host: a", "", "");
      Await.until(() -> metric(url, "server_events_streams_open") == MANY);
      try (var reader = new HonestReader(server, stream)) { // comes after all of them
        Await.until(() -> metric(url, "server_events_streams_open") == MANY + 1);
        for (var i = 0; i < 600; i++) {
          var event = "[\"pi\",1,%d,\"%s\"]".formatted(i, "x".repeat(4_000));
          test.redis().command("PUBLISH", "$progress:pi:1", event);
          if (i % 10 == 9) { // else all but the newest would be left out before any is written
            reader.await(i);
          }
        }
      }
      Await.until(() -> metric(url, "server_events_streams_open") == MANY);
      Figures.print("memory with %,d readers: %d MB".formatted(MANY, rssMb(server)));
      assertThat(rssMb(server)).isLessThan(640);
      assertThat(metric(url, "server_events_unread_bytes")).isBetween(1.0, 2.0 * (64 << 20));
      readers.cut();
      var began = System.nanoTime();
      Await.until(() -> metric(url, "server_events_streams_open") == 0);
      Await.until(() -> metric(url, "server_events_unread_bytes") == 0);
      Figures.print("all was freed %d ms after the cut".formatted(Figures.msSince(began)));
    }
  }

  @Test
  @OwnRedis({})
  void connectionsWithoutARequestGiveWayAndEnd(Server test) throws IOException {
    var environment =
        Map.of(
            "SERVER_EVENTS_HTTP_REQUEST_TIMEOUT",
            "15000",
            "SERVER_EVENTS_HTTP_PER_CLIENT_IDLE_CONNECTIONS",
            "1000");
    try (var server = start(test, environment);
        var idle = new Sockets();
        var honest = new Honest(server.url())) {
      attack(idle, honest, MANY / 2, server);
      attack(idle, honest, MANY / 2, server, "GET /health HTTP/1.1", "X-Never: e");
      var refused = "server_events_refused_total{setting=\"http.perClient.idleConnections\"}";
      Await.until(() -> idle.closed() >= MANY - 1_000);
      assertThat(metric(server.url(), refused)).isPositive();
      honest.awaitMore(20);
      Await.until(() -> idle.closed() == MANY);
    }
  }

  @Test
  @OwnRedis({})
  void bodiesThatComeByteByByteAreRefusedAndSoAreTooManyConnections(Server test)
      throws IOException {
    var environment =
        Map.of(
            "SERVER_EVENTS_HTTP_REQUEST_TIMEOUT",
            "2000",
            "SERVER_EVENTS_HTTP_PER_CLIENT_CONNECTIONS",
            "1000");
    try (var server = start(test, environment);
        var slow = new Sockets();
        var honest = new Honest(server.url())) {
      attack(
          slow,
          honest,
          MANY,
          server,
          "POST /events/a/1 HTTP/1.1",
          "Host: a",
          "Content-Length: 1000",
          "",
          "[");
      Await.until(() -> slow.closed() == MANY);
      honest.awaitMore(20);
      var refused = "server_events_refused_total{setting=\"http.perClient.connections\"}";
      assertThat(metric(server.url(), refused)).isBetween(1.0, MANY - 1_000.0);
    }
  }

  @Test
  @OwnRedis({})
  void aConnectionStaysWhileItsRequestIsUnderWay(Server test) {
    try (var server = start(test, Map.of("SERVER_EVENTS_HTTP_REQUEST_TIMEOUT", "300"));
        var idle = new Sockets()) {
      var port = port(server);
      var http = test.vertx().createHttpClient();
      var waiting =
          http.request(HttpMethod.GET, port, "127.0.0.1", "/events/a/1?timeout=50000")
              .compose(request -> request.send())
              .compose(response -> response.body());
      var stream =
          result(
              http.request(HttpMethod.GET, port, "127.0.0.1", "/events/a/1/stream")
                  .compose(request -> request.send()));
      var streamed = stream.body();
      var sockets = test.vertx().createWebSocketClient();
      var socket = result(sockets.connect(port, "127.0.0.1", "/socket"));
      var messages = new CopyOnWriteArrayList<String>();
      socket.textMessageHandler(messages::add);
      for (var i = 1; i <= 3; i++) { // each of them lasts as long as none may
        idle.open(1, ATTACKER, port);
        var closed = i;
        Await.until(() -> idle.closed() == closed);
      }
      result(socket.writeTextMessage("{\"type\":\"emit\",\"name\":\"a\",\"id\":1,\"args\":[7]}"));
      Await.until(() -> !messages.isEmpty());
      assertThat(messages.get(0)).contains("emitted");
      assertThat(result(waiting).toString()).isEqualTo("[7]");
      assertThat(result(streamed).toString()).contains("event: result\ndata: [7]");
      result(socket.close());
      result(http.close());
      result(sockets.close());
    }
  }

  @Test
  @OwnRedis({})
  void webSocketsThatHaveGoneDoNotCount(Server test) {
    var few = Map.of("SERVER_EVENTS_HTTP_PER_CLIENT_CONNECTIONS", "20");
    try (var server = start(test, few)) {
      var sockets = test.vertx().createWebSocketClient();
      for (var path : List.of("/socket", "/eventbus/websocket")) {
        for (var i = 0; i < 50; i++) {
          result(result(sockets.connect(port(server), "127.0.0.1", path)).close());
        }
      }
      result(sockets.close());
    }
  }

  @Test
  @OwnRedis({})
  void whatRedisKeepsIsBounded(Server test) throws IOException {
    try (var server = start(test, Map.of("SERVER_EVENTS_HTTP_PER_CLIENT_RETAINED", "50000000"));
        var honest = new Honest(server.url())) {
      var large = "\"" + "x".repeat(1_000_000) + "\"";
      var week = post(server, "?retain=604800000", large);
      assertThat(week).startsWith("HTTP/1.1 400 ").contains("retain is");
      var statuses = new ArrayList<String>();
      for (var i = 0; i < 150; i++) {
        var answer = post(server, "-" + i + "?retain=86400000", large);
        statuses.add(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 202".length()));
      }
      assertThat(statuses).containsOnly("202", "429");
      assertThat(statuses).filteredOn("202"::equals).hasSize(49);
      honest.awaitMore(20);
    }
  }

  @Test
  @OwnRedis({})
  void hugeNumbersInventedMethodsAndForeignPagesHarmNobody(Server test) throws IOException {
    try (var server = start(test, Map.of());
        var honest = new Honest(server.url())) {
      var digits = "{\"code\":" + "1".repeat(1_000_000) + "}";
      for (var i = 0; i < 20; i++) {
        assertThat(send(server, "PUT /events/a/1/failure", "", digits)).contains("HTTP/1.1 400 ");
      }
      for (var i = 0; i < 2_000; i++) {
        assertThat(send(server, "X%d /events/a/1".formatted(i), "", "")).contains("HTTP/1.1 405 ");
      }
      for (var i = 0; i < 100; i++) {
        var answer = send(server, "POST /events/a/1", "Origin: https://evil.example\r\n", "[1]");
        assertThat(answer).startsWith("HTTP/1.1 403 ").doesNotContain("Access-Control-Allow");
      }
      honest.awaitMore(20);
      assertThat(RawHttp.ask(server.url(), "GET /metrics HTTP/1.1", "Host: a", LAST, ""))
          .contains("method=\"other\"")
          .doesNotContain("method=\"X");
    }
  }

  @Test
  @OwnRedis({})
  void keysWithManyWildcardsHarmNobody(Server test, @TempDir Path folder) throws IOException {
    var keys = new JsonArray().add(key("honest", "honest")).add(key("attacker", "*:*:*:*:done"));
    var file = folder.resolve("keys.json");
    var settings = new JsonObject().put("http", new JsonObject().put("keys", keys));
    Files.writeString(file, settings.encode());
    try (var server = start(test, Map.of(), "-conf", file.toString());
        var honest = new Honest(server.url())) {
      for (var i = 0; i < 500; i++) {
        for (var length : List.of(2_000, LimitsOptions.MAX_KEY)) {
          var request = "GET /events/" + ":".repeat(length) + "/1";
          var status = length > LimitsOptions.MAX_KEY ? 400 : 403;
          assertThat(send(server, request, "X-API-Key: attacker\r\n", ""))
              .startsWith("HTTP/1.1 " + status + " ");
        }
      }
      honest.awaitMore(20);
    }
  }

  private static JsonObject key(String key, String events) {
    return new JsonObject()
        .put("name", key)
        .put("sha256", Sha256.hex(key.getBytes(StandardCharsets.UTF_8)))
        .put("wait", new JsonArray().add(events))
        .put("emit", new JsonArray().add(events));
  }

  @Test
  @OwnRedis({})
  void socketsThatLeaveManyWaitsBehindHarmNobody(Server test) {
    try (var server = start(test, Map.of());
        var honest = new Honest(server.url())) {
      var client = test.vertx().createWebSocketClient();
      for (var i = 0; i < 10; i++) {
        var socket = result(client.connect(port(server), "127.0.0.1", "/eventbus/websocket"));
        for (var id = 0; id < 1_000; id++) {
          socket.writeTextMessage(
              """
              {"type": "send", "address": "server-events.on", "replyAddress": "r",
               "body": {"name": "left", "id": %d, "timeout": 60000}}"""
                  .formatted(id));
        }
        Await.until(() -> metric(server.url(), PENDING) >= 1_000);
        result(socket.close());
        Await.until(() -> metric(server.url(), PENDING) < 10);
        honest.awaitMore(1);
      }
      result(client.close());
    }
  }

  private static String post(ServerProcess server, String path, String body) throws IOException {
    return send(server, "POST /events/kept/1" + path, "", body);
  }

  private static String send(ServerProcess server, String what, String header, String body)
      throws IOException {
    try (var socket = new Socket()) {
      socket.bind(new InetSocketAddress(ATTACKER, 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(server)));
      var head = "%s HTTP/1.1\r\nHost: a\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n";
      socket
          .getOutputStream()
          .write(
              (head.formatted(what, header, body.length()) + body)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
