package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.local.Unread;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.Sockets;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One event for many readers, who share its bytes. */
@OnBothBackends
class ManyReadersTest {

  private static final int READERS = 10;
  private static final int EVENTS = 60;
  private static final String LARGE = "x".repeat(40_000);
  private static final String STREAM = "/events/pi/1/stream?follow=true";

  @Test
  void eachGetsEveryEventInFullWhoeverIsSlowOrGone(Server server) {
    server.deploy();
    var http = new Http(server);
    var streams = IntStream.range(0, READERS).mapToObj(i -> Sse.open(http, STREAM)).toList();
    var texts = new ArrayList<List<String>>();
    var sockets = IntStream.range(0, READERS).mapToObj(i -> subscribe(http, texts)).toList();
    Await.until(() -> texts.stream().allMatch(each -> each.size() == 1));
    try (var slow = new Sockets();
        var going = new Sockets()) {
      for (var some : List.of(slow, going)) {
        some.open(
            READERS,
            "127.0.0.1",
            http.port(),
            "GET /api" + STREAM + " HTTP/1.1",
            "Host: a",
            "",
            "");
      }
      var usages = Usages.of(server.vertx());
      Await.until(() -> usages.total(Kind.STREAMS) == 5 * READERS);
      for (var i = 1; i <= EVENTS; i++) {
        if (i == EVENTS / 2) {
          going.cut();
        }
        var polls = polls(http);
        Await.until(() -> usages.total(Kind.WAITS) == polls.size());
        assertThat(http.get("/health/live").status()).isEqualTo(200); // a turn later all are heard
        result(server.events().emit("pi", 1, i, LARGE));
        for (var poll : polls) {
          assertThat(result(poll).body()).isEqualTo(args(i));
        }
        var seen = i;
        Await.until(() -> streams.stream().allMatch(each -> each.events().size() == seen));
        Await.until(() -> texts.stream().allMatch(each -> each.size() == seen + 1));
      }
      assertThat(Unread.of(server.vertx()).bytes()).isGreaterThan(LARGE.length());
    }
    var all = IntStream.rangeClosed(1, EVENTS).mapToObj(ManyReadersTest::args).toList();
    for (var stream : streams) {
      assertThat(stream.events())
          .extracting(Sse.Event::text)
          .containsExactlyElementsOf(all.stream().map(args -> "result " + args).toList());
      stream.leave();
    }
    for (var each : texts) {
      assertThat(each.subList(1, each.size()))
          .containsExactlyElementsOf(
              all.stream()
                  .map(
                      args ->
                          "{\"type\":\"result\",\"args\":%s,\"name\":\"pi\",\"id\":\"1\"}"
                              .formatted(args))
                  .toList());
    }
    sockets.forEach(socket -> result(socket.close()));
    Await.until(() -> Unread.of(server.vertx()).bytes() == 0);
    Await.until(() -> server.broker().channels().isEmpty());
  }

  private static String args(int number) {
    return "[" + number + ",\"" + LARGE + "\"]";
  }

  private static List<Future<Http.Reply>> polls(Http http) {
    return IntStream.range(0, 3)
        .mapToObj(i -> http.send(HttpMethod.GET, "/events/pi/1", ""))
        .toList();
  }

  private static WebSocket subscribe(Http http, List<List<String>> all) {
    var texts = new CopyOnWriteArrayList<String>();
    all.add(texts);
    var socket = result(http.connect("/socket"));
    socket.textMessageHandler(texts::add);
    var subscribe = new JsonObject().put("type", "subscribe").put("name", "pi").put("id", "1");
    result(socket.writeTextMessage(subscribe.put("follow", true).encode()));
    return socket;
  }
}
