package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventStream;
import dev.serverevents.LimitsOptions;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.StreamOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.local.Unread;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.LongestTurn;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.Sockets;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What readers do not read has a limit for all of them together. */
@OnBothBackends
class SlowReadersTest {

  private static final int LIMIT = 1 << 20;
  private static final int READERS = 200;
  private static final int EVENTS = 300;
  private static final String LARGE = "x".repeat(4_000);
  private static final String STREAM = "/events/pi/1/stream?follow=true";
  private static final StreamOptions FOLLOW = StreamOptions.DEFAULT.follow(true);

  private static void deploy(Server server, long limit) {
    var options = server.options();
    options.setLimits(new LimitsOptions(options.getLimits()).setUnread(limit));
    server.deploy(options);
  }

  @Test
  void sseReadersThatDoNotReadAreBoundedAndOneThatReadsMissesNothing(Server server) {
    deploy(server, LIMIT);
    var http = new Http(server);
    var unread = Unread.of(server.vertx());
    var honest = Sse.open(http, STREAM);
    try (var slow = new Sockets()) {
      slow.open(
          READERS, "127.0.0.1", http.port(), "GET /api" + STREAM + " HTTP/1.1", "Host: a", "", "");
      var opened = Sse.open(http, STREAM); // comes after all of them
      opened.leave();
      var turns = LongestTurn.watch(server.vertx());
      for (var i = 1; i <= EVENTS; i++) {
        result(server.events().emitProgress("pi", 1, i, LARGE));
        var seen = i;
        Await.until(() -> honest.events().size() >= seen);
        assertThat(unread.bytes()).isLessThan(LIMIT + READERS * 2L * LARGE.length());
      }
      assertThat(unread.bytes()).isGreaterThan(LIMIT / 2);
      assertThat(turns.stop().cpuMs()).isLessThan(100);
    }
    Await.until(() -> unread.bytes() == 0);
    assertThat(honest.events())
        .extracting(event -> event.text().split(",", 2)[0])
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, EVENTS).mapToObj(i -> "progress [" + i).toList());
    honest.leave();
    Await.until(() -> server.broker().channels().isEmpty());
  }

  /** What waits in the connection is lost piece by piece when it is cut, all in one turn. */
  @Test
  void anSseReaderThatDoesNotReadHasOneEventInItsConnectionAndTheOthersInItsStream(Server server) {
    deploy(server, LIMIT);
    var http = new Http(server);
    var unread = Unread.of(server.vertx());
    try (var slow = new Sockets()) {
      slow.open(1, "127.0.0.1", http.port(), "GET /api" + STREAM + " HTTP/1.1", "Host: a", "", "");
      Await.until(() -> server.broker().channels().contains("$progress:pi:1"));
      while (unread.bytes() < LIMIT / 2) {
        result(server.events().emitProgress("pi", 1, LARGE));
      }
      assertThat(http.waitingBytes()).isBetween(1L, 2L * LARGE.length());
    }
    Await.until(() -> unread.bytes() == 0);
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void whatAWebSocketDoesNotReadCountsToo(Server server) {
    deploy(server, LIMIT);
    var http = new Http(server);
    var unread = Unread.of(server.vertx());
    var client = result(http.connect("/socket"));
    client.pause();
    for (var id = 0; id < 20; id++) {
      result(
          client.writeTextMessage(
              "{\"type\":\"subscribe\",\"name\":\"pi\",\"id\":%d,\"timeout\":60000}"
                  .formatted(id)));
    }
    Await.until(() -> server.broker().channels().size() == 40);
    for (var i = 0; i < EVENTS; i++) {
      var emits =
          IntStream.range(0, 20).mapToObj(id -> server.events().emitProgress("pi", id, LARGE));
      result(Future.all(emits.toList())); // one by one they would take longer than a reader has
      assertThat(unread.bytes()).isLessThan(2 * LIMIT);
    }
    assertThat(unread.bytes()).isGreaterThan(LIMIT / 2);
    client.resume();
    Await.until(() -> unread.bytes() == 0);
    result(client.close());
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Tag("long")
  @Test
  void aSockJsClientThatDoesNotReadIsClosed(Server server) {
    deploy(server, LIMIT);
    var http = new Http(server);
    var unread = Unread.of(server.vertx());
    var client = result(http.connect("/eventbus/websocket"));
    var messages = new CopyOnWriteArrayList<JsonObject>();
    client.handler(bytes -> messages.add(new JsonObject(bytes)));
    var body = new JsonObject().put("name", "pi").put("id", 1).put("timeout", 60_000);
    var message = new JsonObject().put("type", "send").put("address", "server-events.stream");
    result(client.writeTextMessage(message.put("replyAddress", "r").put("body", body).encode()));
    Await.until(() -> messages.size() == 1);
    var address = messages.get(0).getJsonObject("body").getString("address");
    var register = new JsonObject().put("type", "register").put("address", address);
    result(client.writeTextMessage(register.encode()));
    Await.until(() -> messages.size() == 2);
    client.pause();
    for (var i = 0; i < 10 * EVENTS; i++) {
      result(server.events().emitProgress("pi", 1, LARGE));
      assertThat(unread.bytes()).isLessThan(2 * LIMIT);
    }
    client.resume();
    Await.until(client::isClosed);
    Await.until(() -> unread.bytes() == 0);
    assertThat(messages).hasSizeBetween(3, 10 * EVENTS);
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void theReadersThatAreFurthestBehindGiveWayFirst(Server server) {
    deploy(server, LIMIT);
    var events = server.events();
    var behind = events.stream("pi", "behind", FOLLOW).pause();
    var others = new ArrayList<EventStream>();
    for (var id = 0; id < 10; id++) {
      others.add(events.stream("pi", id, FOLLOW).pause());
    }
    result(behind.subscribed());
    others.forEach(stream -> result(stream.subscribed()));
    for (var i = 0; i < 255; i++) {
      result(events.emitProgress("pi", "behind", LARGE));
    }
    for (var id = 0; id < 10; id++) {
      for (var i = 0; i < 10; i++) {
        result(events.emitProgress("pi", id, LARGE));
      }
    }
    var unread = Unread.of(server.vertx());
    Await.until(() -> unread.bytes() > LIMIT);
    result(events.emitProgress("pi", "behind", "last"));
    Await.until(() -> unread.bytes() < LIMIT);
    var seen = new ArrayList<String>();
    for (var stream : others) {
      stream.handler(event -> seen.add(event.type())).resume();
    }
    Await.until(() -> seen.size() == 100);
    assertThat(seen).containsOnly("progress");
    var told = new ArrayList<Object>();
    behind.handler(told::add).resume();
    Await.until(() -> !told.isEmpty() && told.toString().contains("last"));
    assertThat(told.get(0)).isEqualTo(new Gap(Gap.Reason.SLOW_READER));
    others.forEach(EventStream::close);
    behind.close();
    Await.until(() -> unread.bytes() == 0);
  }

  @Test
  void aReaderWhoseNewestEventAloneIsTooMuchIsToldAndFreed(Server server) {
    deploy(server, 1 << 16);
    var events = server.events();
    var stream = events.stream("pi", 1, FOLLOW).pause();
    result(stream.subscribed());
    var failures = new ArrayList<Throwable>();
    stream.handler(event -> {}).exceptionHandler(failures::add);
    result(events.emitProgress("pi", 1, "x".repeat(100_000)));
    Await.until(() -> !failures.isEmpty());
    assertThat(failures.get(0))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("limits.unread");
    assertThat(Unread.of(server.vertx()).bytes()).isZero();
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void aStreamThatIsClosedHoldsNothingThatWasNotTaken(Server server) {
    server.deploy();
    var events = server.events();
    var stream = events.stream("pi", 1, FOLLOW).pause();
    result(stream.subscribed());
    result(events.emitProgress("pi", 1, LARGE));
    Await.until(() -> Unread.of(server.vertx()).bytes() > 0);
    stream.close();
    Await.until(() -> Unread.of(server.vertx()).bytes() == 0);
  }
}
