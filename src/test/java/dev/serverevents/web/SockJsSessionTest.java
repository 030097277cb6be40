package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

@OnBothBackends
class SockJsSessionTest {

  private static final String SERVER = "/eventbus/123/";

  /** A client on the raw WebSocket: what has come so far. */
  private record Client(WebSocket socket, List<JsonObject> messages) {
    static Client open(Http http) {
      var messages = new CopyOnWriteArrayList<JsonObject>();
      var socket =
          result(
              http.connect("/eventbus/websocket")
                  .onSuccess(
                      opened ->
                          opened.binaryMessageHandler(
                              bytes -> messages.add(new JsonObject(bytes)))));
      return new Client(socket, messages);
    }

    void send(JsonObject message) {
      result(socket.writeTextMessage(message.encode()));
    }

    JsonObject await(int count) {
      Await.until(() -> messages.size() >= count);
      return messages.get(count - 1);
    }

    int awaitClose() {
      Await.until(socket::isClosed);
      return socket.closeStatusCode();
    }
  }

  private static JsonObject send(String address, JsonObject body) {
    return new JsonObject()
        .put("type", "send")
        .put("address", "server-events." + address)
        .put("replyAddress", "r")
        .put("body", body);
  }

  private static JsonObject event(Object id) {
    return new JsonObject().put("name", "a").put("id", id);
  }

  private static JsonObject register(String address) {
    return new JsonObject().put("type", "register").put("address", address);
  }

  @Test
  void aTimeoutBeyondTheLongestIsRefused(Server server) {
    server.deploy();
    var client = Client.open(new Http(server, new RoutesOptions().setMaxWait(2_000)));
    for (var address : List.of("on", "stream")) {
      client.messages().clear();
      client.send(send(address, event(1).put("timeout", 86_400_000)));
      var refused = client.await(1);
      assertThat(refused.getString("type")).isEqualTo("err");
      assertThat(refused.getString("address")).isEqualTo("r");
      assertThat(refused.getInteger("failureCode")).isEqualTo(400);
      assertThat(refused.getString("message"))
          .isEqualTo("timeout is 86400000: it must be an integer from 1 to 2000");
    }
    assertThat(server.broker().channels()).isEmpty();
    client.socket().close();
  }

  @Test
  void theSocketsEndEndsItsWaitsAndStreams(Server server) {
    server.deploy();
    var http = new Http(server);
    var client = Client.open(http);
    client.send(send("on", event(1).put("timeout", 60_000)));
    client.send(send("stream", event(2).put("timeout", 60_000)));
    client.send(send("stream", event(3).put("follow", true)));
    Await.until(() -> client.messages().size() == 2);
    client.send(register(client.await(1).getJsonObject("body").getString("address")));
    client.await(3);
    Await.until(() -> server.broker().channels().contains("a:1"));
    result(client.socket().close());
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void whatIsUnansweredIsBounded(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    for (var id = 0; id <= SockJsSession.MAX_PENDING; id++) {
      var wait = send(id % 2 == 0 ? "on" : "stream", event(id).put("timeout", 60_000));
      client.socket().writeTextMessage(wait.encode());
    }
    assertThat(client.awaitClose()).isEqualTo(1008);
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void itHasNoMoreThanItsClientMayHave(Server server) {
    server.deploy();
    var options = new RoutesOptions();
    options.getPerClient().setWaits(1).setStreams(2).setEmits(1);
    var client = Client.open(new Http(server, options));
    client.send(send("on", event(1).put("timeout", 60_000)));
    client.send(send("stream", event(2).put("timeout", 60_000)));
    client.await(1);
    client.messages().clear();
    client.send(send("on", event(3)));
    client.send(send("stream", event(4)));
    Await.until(() -> client.messages().size() == 2);
    assertThat(client.messages())
        .allMatch(refused -> refused.getInteger("failureCode") == 429)
        .extracting(refused -> refused.getString("message"))
        .anyMatch(text -> text.contains("http.perClient.waits"))
        .anyMatch(text -> text.contains("http.perClient.streams"));
    Await.until(
        () -> {
          client.send(send("emit", event(5)));
          return client.messages().stream()
              .anyMatch(message -> message.encode().contains("http.perClient.emits"));
        });
    result(client.socket().close());
    var usages = Usages.of(server.vertx());
    Await.until(() -> usages.total(Kind.WAITS) == 0 && usages.total(Kind.STREAMS) == 0);
  }

  @Test
  void aWaitForWhichNobodyCouldHearTheAnswerIsNotMade(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    for (var address : List.of("on", "stream")) {
      client.messages().clear();
      var wait = send(address, event(1));
      wait.remove("replyAddress");
      client.send(wait);
      assertThat(client.await(1).getString("body")).startsWith("replyAddress is null");
    }
    assertThat(server.broker().channels()).isEmpty();
    client.socket().close();
  }

  @Test
  void aStreamIsToldOnceItsAddressIsRegistered(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    client.send(send("stream", event(1)));
    var address = client.await(1).getJsonObject("body").getString("address");
    result(server.events().emitProgress("a", 1, 50));
    client.send(register(address));
    client.send(register(address));
    Await.until(() -> client.messages().size() == 4);
    result(server.events().emit("a", 1, 12345678901234567L, "x"));
    Await.until(() -> client.messages().size() == 6);
    assertThat(client.messages().stream().skip(1))
        .extracting(message -> message.getValue("body"))
        .containsExactlyInAnyOrder(
            new JsonObject("{\"type\":\"open\"}"),
            "address_already_registered",
            new JsonObject("{\"type\":\"progress\",\"args\":[50]}"),
            new JsonObject("{\"type\":\"result\",\"args\":[12345678901234567,\"x\"]}"),
            new JsonObject("{\"type\":\"end\"}"));
    client.send(register(address));
    assertThat(client.await(7).getString("body")).isEqualTo("access_denied");
    client.socket().close();
  }

  @Test
  void aStreamThatIsUnregisteredEnds(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    client.send(send("stream", event(1).put("follow", true)));
    var address = client.await(1).getJsonObject("body").getString("address");
    client.send(register(address));
    client.await(2);
    client.send(register(address).put("type", "unregister"));
    Await.until(() -> server.broker().channels().isEmpty());
    client.socket().close();
  }

  private static List<String> types(Client client) {
    return client.messages().stream()
        .map(message -> message.getJsonObject("body").getString("type"))
        .toList();
  }

  @Test
  void aClientThatDoesNotReadIsSentNoMoreThanItReads(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    client.send(send("stream", event(1).put("timeout", 60_000)));
    client.send(register(client.await(1).getJsonObject("body").getString("address")));
    client.await(2);
    client.socket().pause();
    var large = "x".repeat(100_000);
    for (var i = 0; i < 500; i++) {
      result(server.events().emitProgress("a", 1, large));
    }
    result(server.events().emit("a", 1, "end"));
    Await.until(() -> server.broker().channels().isEmpty());
    client.socket().resume();
    Await.until(() -> types(client).contains("end"));
    assertThat(types(client)).hasSizeLessThan(400).contains("gap", "result");
    client.socket().close();
  }

  @Test
  void theServersEndAndBadMessagesAreTold(Server server) {
    var http = new Http(server);
    var client = Client.open(http);
    client.send(send("on", event(1)));
    var unavailable = client.await(1);
    assertThat(unavailable.getInteger("failureCode")).isEqualTo(503);
    assertThat(unavailable.getString("message"))
        .isEqualTo("Waiting and emitting are not possible at present: try again later");
    var bad = List.of("x", "[]", "{}", "{\"type\":\"send\"}", "{\"type\":\"x\",\"address\":\"y\"}");
    bad.forEach(message -> result(client.socket().writeTextMessage(message)));
    Await.until(() -> client.messages().size() == 1 + bad.size());
    assertThat(client.messages().stream().skip(1))
        .extracting(message -> message.getString("body"))
        .containsExactly(
            "invalid_json", "invalid_json", "missing_address", "missing_address", "invalid_type");
    client.socket().close();
  }

  /** Opens a session of polls, and sends in it by a transport. */
  private static void pollAndSend(Server server, Http http, String how, String type) {
    var session = SERVER + UUID.randomUUID() + "/";
    var poll = http.ask(HttpMethod.POST, session + "xhr", "Connection", "close");
    assertThat(poll.body()).isEqualTo("o\n");
    var emit = send("emit", event(1).put("args", new JsonArray().add("100%"))).encode();
    var messages = new JsonArray().add(emit).encode();
    var form = "d=" + URLEncoder.encode(messages, StandardCharsets.UTF_8);
    var body = how.equals("jsonp_send") && type.endsWith("urlencoded") ? form : messages;
    var wait = server.events().listen("a", 1);
    result(wait.subscribed());
    var sent = http.post(session + how, body, "Content-Type", type);
    assertThat(sent.status()).as("%s %s: %s", how, type, sent.body()).isIn(200, 204);
    assertThat(result(wait.future()).get(0)).isEqualTo("100%");
    assertThat(http.ask(HttpMethod.POST, session + "xhr", "Connection", "close").body())
        .contains("{\\\"receivers\\\":1}");
    var broken = http.post(session + how, "[1", "Content-Type", type);
    assertThat(broken.status()).isEqualTo(400);
    var large = http.post(session + how, "x".repeat(20_000), "Content-Type", type);
    assertThat(large.status()).isEqualTo(413);
  }

  @Test
  void messagesArePosted(Server server) {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setMaxBody(10_000));
    pollAndSend(server, http, "xhr_send", "text/plain");
    pollAndSend(server, http, "xhr_send", "application/x-www-form-urlencoded");
    pollAndSend(server, http, "jsonp_send", "text/plain");
    pollAndSend(server, http, "jsonp_send", "application/x-www-form-urlencoded");
  }

  /** Vert.x would not end its answer. */
  @Test
  void chunksAreNotTested(Server server) {
    server.deploy();
    assertThat(new Http(server).post("/eventbus/chunking_test", "").status()).isEqualTo(404);
  }

  @Test
  void whatIsPostedIsUtf8(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var path : List.of("xhr_send", "jsonp_send")) {
      var refused =
          result(
              http.send(
                  HttpMethod.POST,
                  SERVER + "x/" + path,
                  Buffer.buffer("[\"\u00e9\"]".getBytes(ISO_8859_1))));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.detail()).contains("must be UTF-8");
    }
    var form =
        http.post(
            SERVER + "x/jsonp_send",
            "d=%5B%22%E9%22%5D",
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertThat(form.status()).isEqualTo(400);
    assertThat(form.detail()).contains("must be percent-encoded UTF-8");
  }
}
