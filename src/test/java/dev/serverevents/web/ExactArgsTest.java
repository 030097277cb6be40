package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Arguments go from publisher to reader as the bytes that they are, by every way. */
@OnBothBackends
class ExactArgsTest {

  private static final String ARGS =
      "[12345678901234567.89,1e400,\"\\ud800\",-0.0,1.0,1E5,\"\\u00e9\\/\",{\"b\":0.10,\"a\":1}]";

  /** The deepest that is taken, arguments themselves included. */
  private static final int DEPTH = 500;

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  /** Everybody who reads an event, by every way out. */
  private record Readers(Map<String, Future<String>> answers) {

    static Readers of(Server server, Http http) {
      var answers = new LinkedHashMap<String, Future<String>>();
      var events = server.events();
      var wait = events.listen("exact", 1);
      answers.put("Java", wait.future().map(args -> args.toBuffer().toString()));
      answers.put("GET", http.send(HttpMethod.GET, "/events/exact/1", "").map(Http.Reply::body));
      answers.put(
          "any", http.send(HttpMethod.GET, "/events/exact?any=1,2", "").map(Http.Reply::body));
      answers.put(
          "all",
          http.send(HttpMethod.GET, "/events/exact?all=1,3&min=1", "").map(Http.Reply::body));
      var sse = Sse.open(http, "/events/exact/1/stream");
      var streamed = Promise.<String>promise();
      server
          .vertx()
          .setPeriodic(
              5,
              timer -> {
                if (!sse.events().isEmpty()) {
                  server.vertx().cancelTimer(timer);
                  streamed.complete(sse.events().get(0).text());
                }
              });
      answers.put("SSE", streamed.future());
      answers.put(
          "WebSocket",
          second(http, "/socket", "{\"type\":\"subscribe\",\"name\":\"exact\",\"id\":1}"));
      var open = wait.subscribed();
      result(open);
      Await.until(() -> server.broker().subscribers("exact:1") == 1);
      Await.until(() -> server.broker().channels().containsAll(List.of("exact:2", "exact:3")));
      return new Readers(answers);
    }

    /** The message after the one that confirms. */
    private static Future<String> second(Http http, String path, String message) {
      var answer = Promise.<String>promise();
      var subscribed = Promise.<Void>promise();
      Consumer<String> take =
          text -> {
            if (!subscribed.tryComplete()) {
              answer.tryComplete(text);
            }
          };
      var socket =
          result(http.connect(path).onSuccess(opened -> opened.textMessageHandler(take::accept)));
      result(socket.writeTextMessage(message));
      result(subscribed.future());
      return answer.future().onComplete(done -> socket.close());
    }

    void all(String args) {
      var expected =
          Map.of(
              "Java", args,
              "GET", args,
              "any", "{\"id\":\"1\",\"args\":" + args + "}",
              "all", "{\"results\":{\"1\":" + args + "},\"failures\":{},\"missing\":[\"3\"]}",
              "SSE", "result " + args,
              "WebSocket",
                  "{\"type\":\"result\",\"args\":" + args + ",\"name\":\"exact\",\"id\":\"1\"}");
      answers.forEach(
          (way, answer) -> assertThat(result(answer)).as(way).isEqualTo(expected.get(way)));
    }
  }

  @Test
  void theyAreExactWhenTheyWerePublished(Server server) {
    server.deploy();
    var readers = Readers.of(server, new Http(server));
    server.broker().publish("exact:1", "[\"exact\",1," + ARGS.substring(1));
    readers.all(ARGS);
  }

  @Test
  void theyAreExactWhenTheyWerePosted(Server server) {
    server.deploy();
    var http = new Http(server);
    var readers = Readers.of(server, http);
    http.post("/events/exact/1", " " + ARGS.replace(",", " , ")).is(202, "{\"receivers\":1}");
    readers.all(ARGS);
  }

  @Test
  void theyAreExactWhenTheyWereSentOnASocket(Server server) {
    server.deploy();
    var http = new Http(server);
    var readers = Readers.of(server, http);
    var socket = result(http.connect("/socket"));
    result(
        socket.writeTextMessage(
            "{\"args\":[0],\"type\":\"emit\",\"name\":\"exact\",\"id\":1,\"args\":" + ARGS + "}"));
    readers.all(ARGS);
    result(socket.close());
  }

  @Test
  void theyAreExactWhenTheyArePassedOn(Server server) {
    server.deploy();
    var events = server.events();
    var first = heard(server, "first");
    var readers = Readers.of(server, new Http(server));
    result(events.emit("exact", 1, result(first)));
    readers.all(ARGS);
    var none =
        events.request(
            "none", 1, () -> events.emit("none", 1, EventArgs.ofJson(Buffer.buffer("[ ]"))));
    assertThat(result(none).size()).isZero();
  }

  private static Future<EventArgs> heard(Server server, String name) {
    var wait = server.events().listen(name, 1);
    result(wait.subscribed());
    published(server, name);
    return wait.future();
  }

  private static void published(Server server, String name) {
    server.broker().publish(name + ":1", "[\"%s\",1,%s".formatted(name, ARGS.substring(1)));
  }

  @Test
  void inJavaAndOnTheBusANumberKeepsItsValue(Server server) {
    server.deploy();
    var args = result(heard(server, "exact"));
    assertThat(args.get(0)).isEqualTo(new BigDecimal("12345678901234567.89"));
    assertThat(args.get(1)).isEqualTo(new BigDecimal("1e400"));
    assertThat(args.get(4)).isEqualTo(1.0);
    assertThat(args.get(0, BigDecimal.class)).isEqualTo(new BigDecimal("12345678901234567.89"));
    var on = new JsonObject().put("name", "exact").put("id", 1);
    var answer = server.vertx().eventBus().<JsonArray>request("server-events.on", on);
    Await.until(() -> server.broker().channels().contains("exact:1"));
    published(server, "exact");
    assertThat(result(answer).body().getValue(0)).isEqualTo(args.get(0));
  }

  @Test
  void theyAreSharedAndCannotBeChangedButACopyCan(Server server) {
    server.deploy();
    var events = server.events();
    var one = events.listen("exact", 1);
    var two = events.listen("exact", 1);
    result(one.subscribed());
    result(two.subscribed());
    published(server, "exact");
    var object = result(one.future()).get(7, JsonObject.class);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> object.put("c", 1)))
        .isInstanceOf(UnsupportedOperationException.class);
    result(one.future()).toJsonArray().getJsonObject(7).put("c", 1);
    assertThat(result(two.future()).get(7)).isEqualTo(object);
    assertThat(object.containsKey("c")).isFalse();
  }

  @Test
  void whatIsNestedAsDeepAsIsTakenIsDeliveredByEveryWay(Server server) {
    server.deploy();
    var http = new Http(server);
    var readers = Readers.of(server, http);
    var sockJs = sockJs(http, "{\"name\":\"exact\",\"id\":1,\"retained\":true}");
    var bus = new JsonObject().put("name", "exact").put("id", 1).put("retained", true);
    var onBus = server.vertx().eventBus().<JsonArray>request("server-events.on", bus);
    var all = new JsonObject().put("name", "exact").put("all", new JsonArray().add(1));
    var allOnBus =
        server
            .vertx()
            .eventBus()
            .<JsonObject>request("server-events.on", all.put("retained", true));
    http.post("/events/exact/1?retain=10000", nested(DEPTH)).is(202, "{\"receivers\":1}");
    readers.all(nested(DEPTH));
    assertThat(result(onBus).body().encode()).isEqualTo(nested(DEPTH));
    var results = result(allOnBus).body().getJsonObject("results");
    assertThat(results.getJsonArray("1").encode()).isEqualTo(nested(DEPTH));
    assertThat(result(sockJs)).contains(nested(DEPTH));
  }

  @Test
  void whatIsNestedDeeperIsRefusedOnEveryWayIn(Server server) {
    var verticle = server.deploy();
    var http = new Http(server);
    var wait = server.events().listen("exact", 1);
    result(wait.subscribed());
    var deep = nested(DEPTH + 1);
    assertThat(http.post("/events/exact/1", deep).detail()).contains("nested at most 500 deep");
    assertThat(
            http.put(
                    "/events/exact/1/failure",
                    "{\"code\":1,\"message\":\"m\",\"detail\":" + deep + "}")
                .status())
        .isEqualTo(400);
    assertThat(failure(server.events().emit("exact", 1, new JsonArray(nested(DEPTH)))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nested at most 500 deep");
    var onBus = new JsonObject().put("name", "exact").put("id", 1).put("args", new JsonArray(deep));
    assertThat(failure(server.vertx().eventBus().request("server-events.emit", onBus)))
        .hasMessageContaining("nested at most 500 deep");
    for (var depth : new int[] {DEPTH + 1, 1_000, 100_000}) {
      var payload = "[\"exact\",1," + nested(depth).substring(1);
      server.broker().publish("exact:1", payload);
    }
    Await.until(() -> verticle.droppedPayloads() == 3);
    result(server.events().emit("exact", 1));
    assertThat(result(wait.future()).size()).isZero();
  }

  @Test
  void whatIsBeyondALimitOfJsonIsToldWhichOneItIs(Server server) {
    server.deploy();
    var http = new Http(server);
    var beyond =
        Map.of(
            nested(DEPTH + 1),
            "nested at most 500 deep",
            "[" + "1".repeat(1_001) + "]",
            "numbers of at most 1,000",
            "[{\"" + "k".repeat(50_001) + "\":1}]",
            "names of fields of at most 50,000");
    beyond.forEach(
        (json, limit) -> {
          assertThat(http.post("/events/exact/1", json).detail()).contains(limit);
          var failure = "{\"code\":1,\"message\":\"m\",\"detail\":" + json + "}";
          assertThat(http.put("/events/exact/1/failure", failure).detail()).contains(limit);
          var emit = "{\"type\":\"emit\",\"name\":\"exact\",\"id\":1,\"args\":" + json + "}";
          assertThat(webSocket(http, emit)).contains("\"status\":400", limit);
        });
  }

  private static String webSocket(Http http, String message) {
    var answer = Promise.<String>promise();
    var socket =
        result(
            http.connect("/socket")
                .onSuccess(opened -> opened.textMessageHandler(answer::tryComplete)));
    result(socket.writeTextMessage(message));
    var text = result(answer.future());
    socket.close();
    return text;
  }

  private static Future<String> sockJs(Http http, String body) {
    var answer = Promise.<String>promise();
    var socket =
        result(
            http.connect("/eventbus/websocket")
                .onSuccess(
                    opened ->
                        opened.binaryMessageHandler(all -> answer.tryComplete(all.toString()))));
    send(socket, body);
    return answer.future().onComplete(done -> socket.close());
  }

  private static void send(WebSocket socket, String body) {
    result(
        socket.writeTextMessage(
            "{\"type\":\"send\",\"address\":\"server-events.on\",\"replyAddress\":\"r\",\"body\":"
                + body
                + "}"));
  }

  @Test
  void aFailureKeepsItsNumbers(Server server) {
    server.deploy();
    var http = new Http(server);
    var sse = Sse.open(http, "/events/exact/1/stream");
    var detail = "{\"price\":12345678901234567.89}";
    http.put(
            "/events/exact/1/failure",
            "{\"code\":422,\"message\":\"no\",\"detail\":" + detail + "}")
        .is(202, "{\"receivers\":1}");
    sse.awaitEnd();
    sse.await("failure {\"code\":422,\"message\":\"no\",\"detail\":" + detail + "}");
  }

  @Test
  void lineBreaksBetweenTokensAreNoEndOfAServerSentEvent(Server server) {
    server.deploy();
    var sse = Sse.open(new Http(server), "/events/exact/1/stream");
    server.broker().publish("exact:1", "[\"exact\",1,\n 1,\r\n\n2\r]");
    sse.awaitEnd();
    assertThat(new JsonArray(sse.events().get(0).data())).isEqualTo(new JsonArray("[1,2]"));
  }
}
