package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.LimitsOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.web.Http.Reply;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Waiting for several ids over HTTP and over SockJS. */
@OnBothBackends
class SeveralRoutesTest {

  private static final String ALL = "/events/a?all=1,2,3";
  private static final String FAILURE = "{\"code\":42,\"message\":\"no\",\"detail\":[1]}";
  private static final String FAILED =
      "{\"2\":{\"status\":502,\"cause\":\"failure\",\"message\":\"no\",\"code\":42,\"detail\":[1]}}";

  private static Future<Reply> waiting(Server server, Http http, String path) {
    var waiting = http.send(HttpMethod.GET, path, "");
    awaitSubscribed(server, 3);
    return waiting;
  }

  private static void awaitSubscribed(Server server, int channels) {
    Await.until(() -> server.broker().channels().size() == channels);
  }

  @Test
  void allAreAnsweredWithTheirResults(Server server) {
    server.deploy();
    var http = new Http(server);
    var all = waiting(server, http, "/events/a?all=3,1&all=2,1");
    for (var id = 1; id <= 3; id++) {
      assertThat(http.post("/events/a/" + id, "[" + id + ".0]").status()).isEqualTo(202);
    }
    result(all)
        .is(
            200,
            "{\"results\":{\"3\":[3.0],\"1\":[1.0],\"2\":[2.0]},\"failures\":{},\"missing\":[]}");
    assertThat(result(all).header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void withAMinimumTheAnswerListsWhatCameWhatFailedAndWhatIsMissing(Server server) {
    server.deploy();
    var http = new Http(server);
    var two = waiting(server, http, "/events/a?all=1,2,%22&min=1");
    http.put("/events/a/2/failure", FAILURE).is(202, "{\"receivers\":1}");
    awaitSubscribed(server, 2);
    http.post("/events/a/%22", "[\"x\"]").is(202, "{\"receivers\":1}");
    result(two)
        .is(
            200,
            "{\"results\":{\"\\\"\":[\"x\"]},\"failures\":" + FAILED + ",\"missing\":[\"1\"]}");
    awaitSubscribed(server, 0);
  }

  @Test
  void whereFewerComeTheProblemHasThemToo(Server server) {
    server.deploy();
    var http = new Http(server);
    var all = waiting(server, http, ALL);
    http.post("/events/a/1", "[1.0]").is(202, "{\"receivers\":1}");
    awaitSubscribed(server, 2);
    http.put("/events/a/2/failure", FAILURE).is(202, "{\"receivers\":1}");
    var problem = result(all);
    assertThat(problem.status()).isEqualTo(502);
    assertThat(problem.detail()).isEqualTo("Of the 3 events \"a\" that are needed 1 came: no");
    assertThat(problem.body())
        .endsWith(",\"results\":{\"1\":[1.0]},\"failures\":" + FAILED + ",\"missing\":[\"3\"]}");
    awaitSubscribed(server, 0);
    var late = http.get("/events/a?all=1,2&min=1&timeout=300");
    assertThat(late.status()).isEqualTo(504);
    assertThat(late.header("Retry-After")).isEqualTo("1");
    assertThat(late.json().getJsonArray("missing")).isEqualTo(new JsonArray("[\"1\",\"2\"]"));
  }

  @Test
  void whatIsBehindTheServerIsNotTold(Server server) {
    server.deploy(server.options().setLimits(new LimitsOptions().setPendingWaits(1)));
    var http = new Http(server);
    var refused = http.get("/events/a?all=1,2");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
    var neutral = "Waiting and emitting are not possible at present: try again later";
    assertThat(refused.detail()).isEqualTo(neutral);
    assertThat(refused.json().getJsonObject("failures"))
        .isEqualTo(
            new JsonObject()
                .put(
                    "2",
                    new JsonObject()
                        .put("status", 503)
                        .put("cause", "limit")
                        .put("message", neutral)));
  }

  @Test
  void whoPrefersItIsToldWhereTheEventsWillBe(Server server) {
    server.deploy();
    var http = new Http(server);
    var path = "/events/a%20b?all=1,2&all=3&min=2";
    var accepted = http.get(path + "&timeout=300", "Prefer", "respond-async");
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.header("Location"))
        .isEqualTo("/api/events/a%20b?all=1%2C2&all=3&min=2&retained=true");
    awaitSubscribed(server, 0);
    for (var id : new int[] {3, 1}) {
      http.post("/events/a%20b/" + id + "?retain=10000", "[]").is(202, "{\"receivers\":0}");
    }
    http.get(accepted.header("Location").substring("/api".length()))
        .is(200, "{\"results\":{\"1\":[],\"3\":[]},\"failures\":{},\"missing\":[\"2\"]}");
    var head = http.ask(HttpMethod.HEAD, "/events/a%20b?all=1,3&retained=true");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void whatDoesNotGoTogetherIsRefused(Server server) {
    server.deploy();
    var http = new Http(server);
    assertThat(http.get("/events/a?any=1,2&all=3").detail())
        .isEqualTo("any is [\"1\",\"2\"]: it must not be with all");
    assertThat(http.get("/events/a?any=1,2&min=1").detail())
        .isEqualTo("min is \"1\": it must be with all");
    assertThat(http.get("/events/a?min=1").detail()).isEqualTo("min is \"1\": it must be with all");
    assertThat(http.get("/events/a?all=").detail()).isEqualTo("id is \"\": it must not be empty");
    assertThat(http.get("/events/a?all=1" + ",x".repeat(3) + "&min=3").detail())
        .isEqualTo("min is \"3\": it must be an integer from 1 to 2");
    assertThat(http.get("/events/a?all=" + ids(101)).detail())
        .endsWith("it must be 1 to 100 ids with commas between them");
    for (var min : new String[] {"0", "-1", "x", ""}) {
      assertThat(http.get(ALL + "&min=" + min).status()).as(min).isEqualTo(400);
    }
    awaitSubscribed(server, 0);
    awaitWaits(server, 0);
  }

  private static String ids(int count) {
    var ids = new StringBuilder("0");
    for (var id = 1; id < count; id++) {
      ids.append(',').append(id);
    }
    return ids.toString();
  }

  private static void awaitWaits(Server server, long count) {
    Await.until(() -> Usages.of(server.vertx()).total(Kind.WAITS) == count);
  }

  @Test
  void aClientThatLeavesLeavesNothingBehind(Server server) {
    server.deploy();
    var http = new Http(server);
    var leaving = result(http.request(HttpMethod.GET, ALL + "&min=2"));
    leaving.send();
    awaitSubscribed(server, 3);
    awaitWaits(server, 3);
    result(leaving.connection().close());
    awaitSubscribed(server, 0);
    awaitWaits(server, 0);
  }

  @Test
  void eachIdCountsForTheQuota(Server server) {
    server.deploy();
    var options = new RoutesOptions();
    options.getPerClient().setWaits(4);
    var http = new Http(server, options);
    var all = waiting(server, http, ALL);
    assertThat(http.get("/events/a?all=4,5").status()).isEqualTo(429);
    var socket = socket(http);
    socket.send(on().put("all", new JsonArray("[4,5]")));
    assertThat(socket.await(1).getInteger("failureCode")).isEqualTo(429);
    socket.socket.close();
    for (var id = 1; id <= 3; id++) {
      http.post("/events/a/" + id, "[]");
    }
    assertThat(result(all).status()).isEqualTo(200);
    awaitWaits(server, 0);
  }

  /** A client of the bridge, with what has come. */
  private record SockJs(WebSocket socket, List<String> messages) {
    void send(JsonObject body) {
      var message = new JsonObject().put("type", "send").put("address", "server-events.on");
      result(socket.writeTextMessage(message.put("replyAddress", "r").put("body", body).encode()));
    }

    JsonObject await(int count) {
      Await.until(() -> messages.size() >= count);
      return new JsonObject(messages.get(count - 1));
    }
  }

  private static SockJs socket(Http http) {
    var messages = new CopyOnWriteArrayList<String>();
    var opened =
        http.connect("/eventbus/websocket")
            .onSuccess(
                socket -> socket.binaryMessageHandler(bytes -> messages.add(bytes.toString())));
    return new SockJs(result(opened), messages);
  }

  private static JsonObject on() {
    return new JsonObject().put("name", "a").put("timeout", 60_000);
  }

  @Test
  void overSockJsTheRepliesAreThoseOfHttp(Server server) {
    server.deploy();
    var http = new Http(server);
    var client = socket(http);
    client.send(on().put("any", new JsonArray("[1,2]")));
    awaitSubscribed(server, 2);
    http.put("/events/a/1/failure", FAILURE).is(202, "{\"receivers\":1}");
    awaitSubscribed(server, 1);
    http.post("/events/a/2", "[1.0]").is(202, "{\"receivers\":1}");
    client.await(1);
    assertThat(client.messages.get(0))
        .isEqualTo("{\"type\":\"rec\",\"address\":\"r\",\"body\":{\"id\":\"2\",\"args\":[1.0]}}");
    client.send(on().put("all", new JsonArray("[1,2,3]")).put("min", 1));
    awaitSubscribed(server, 3);
    http.put("/events/a/2/failure", FAILURE).is(202, "{\"receivers\":1}");
    awaitSubscribed(server, 2);
    http.post("/events/a/3", "[1e2]").is(202, "{\"receivers\":1}");
    client.await(2);
    assertThat(client.messages.get(1))
        .isEqualTo(
            "{\"type\":\"rec\",\"address\":\"r\",\"body\":{\"results\":{\"3\":[1e2]},\"failures\":"
                + FAILED
                + ",\"missing\":[\"1\"]}}");
    client.send(on().put("id", 1).put("any", new JsonArray("[1]")));
    assertThat(client.await(3).getInteger("failureCode")).isEqualTo(400);
    assertThat(client.await(3).getString("message")).isEqualTo("id is 1: it must not be with any");
    awaitWaits(server, 0);
    result(client.socket.close());
  }

  @Test
  void theEndOfASockJsSocketEndsAllOfThem(Server server) {
    server.deploy();
    var client = socket(new Http(server));
    client.send(on().put("all", new JsonArray("[1,2,3]")));
    client.send(on().put("any", new JsonArray("[4,5]")));
    awaitSubscribed(server, 5);
    awaitWaits(server, 5);
    result(client.socket.close());
    awaitSubscribed(server, 0);
    awaitWaits(server, 0);
  }
}
