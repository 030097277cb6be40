package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.EmitOptions;
import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.UsernamePasswordCredentials;
import io.vertx.ext.web.handler.BasicAuthHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

@OnBothBackends
class ApiKeysTest {

  private static final String ORDERS = "orders-key-0123456789abcdef";
  private static final String ADMIN = "admin-key-0123456789abcdef";

  private static JsonObject key(String name, String key, JsonArray wait, JsonArray emit) {
    var hash = Sha256.hex(key.getBytes(StandardCharsets.UTF_8));
    return new JsonObject()
        .put("name", name)
        .put("sha256", hash)
        .put("wait", wait)
        .put("emit", emit);
  }

  private static RoutesOptions keys() {
    var orders = new JsonArray().add("orders.*");
    var all = new JsonArray().add("*");
    return new RoutesOptions(
        new JsonObject()
            .put("maxWait", 2_000)
            .put(
                "keys",
                new JsonArray()
                    .add(key("orders", ORDERS, orders, orders))
                    .add(key("admin", ADMIN, all, all))));
  }

  /** A client of the SockJS bridge, on the raw WebSocket that it serves. */
  private static String overSockJs(Http http, String key, JsonObject message) {
    var socket = result(http.connect("/eventbus/websocket", "X-API-Key", key));
    var messages = new CopyOnWriteArrayList<String>();
    socket.handler(bytes -> messages.add(bytes.toString()));
    result(socket.writeTextMessage(message.encode()));
    Await.until(() -> !messages.isEmpty());
    socket.close();
    return messages.get(0);
  }

  private static JsonObject send(String address, JsonObject body) {
    return new JsonObject()
        .put("type", "send")
        .put("address", address)
        .put("replyAddress", "r")
        .put("body", body);
  }

  private static JsonObject event(String name) {
    return new JsonObject().put("name", name).put("id", 1).put("timeout", 300);
  }

  @Test
  void withoutAKnownKeyNothingIsDone(Server server) {
    server.deploy();
    var http = new Http(server, keys());
    for (var headers :
        new String[][] {
          {},
          {"X-API-Key", "wrong"},
          {"X-API-Key", ""},
          {"Authorization", "Bearer wrong"},
          {"Authorization", "Basic " + ORDERS},
          {"Authorization", ORDERS}
        }) {
      for (var path : new String[] {"/events/orders.new/1", "/events/orders.new/1/stream"}) {
        var refused = http.get(path, headers);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("content-type")).isEqualTo("application/problem+json");
        assertThat(refused.header("www-authenticate")).isEqualTo("Bearer realm=\"server-events\"");
      }
      assertThat(http.post("/events/orders.new/1", "[]", headers).status()).isEqualTo(401);
      assertThat(http.get("/events/orders.new?any=1", headers).status()).isEqualTo(401);
      for (var path : new String[] {"/socket", "/eventbus/websocket"}) {
        assertThat(failure(http.connect(path, headers)))
            .isInstanceOfSatisfying(
                UpgradeRejectedException.class,
                rejected -> assertThat(rejected.getStatus()).isEqualTo(401));
      }
    }
    assertThat(http.get("/health").status()).isEqualTo(200);
    assertThat(http.get("/openapi.json").status()).isEqualTo(200);
  }

  @Test
  void noPathLeadsAroundTheKey(Server server) {
    server.deploy();
    var http = new Http(server, keys());
    result(
        server.events().emit(EmitOptions.retain(Duration.ofMinutes(1)), "orders.new", 1, "secret"));
    for (var path :
        new String[] {
          "/events/orders.new/1/",
          "/events//orders.new/1",
          "//events/orders.new/1",
          "/./events/orders.new/1",
          "/x/../events/orders.new/1",
          "/events/x/../orders.new/1",
          "/events/orders.new/1/../1",
          "/%65vents/orders.new/1",
          "/events/orders.new%2F1",
          "/events/orders.new/1;a=b",
          "/events/orders.new/1/stream/",
          "/eventbus/../events/orders.new/1",
          "/health/../events/orders.new/1",
          "/socket/",
          "/eventbus//info"
        }) {
      for (var headers : new String[][] {{}, {"X-API-Key", "wrong"}}) {
        var reply = http.get(path + "?retained=true&any=1&timeout=20", headers);
        assertThat(reply.status()).as(path).isIn(400, 401, 404);
        assertThat(reply.body()).as(path).doesNotContain("secret");
      }
    }
  }

  @Test
  void aKeyWorksInEitherHeader(Server server) {
    server.deploy();
    var http = new Http(server, keys());
    for (var header :
        new String[][] {{"X-API-Key", ORDERS}, {"Authorization", "Bearer " + ORDERS}}) {
      assertThat(http.post("/events/orders.new/1", "[]", header).status()).isEqualTo(202);
      assertThat(http.get("/events/orders.new/1?timeout=300", header).status()).isEqualTo(504);
      Await.until(() -> server.broker().channels().isEmpty());
    }
  }

  @Test
  void aKeyForOrdersReachesNothingElseByHttp(Server server) {
    server.deploy();
    var http = new Http(server, keys());
    var header = new String[] {"X-API-Key", ORDERS};
    for (var name : new String[] {"users.new", "orders", "Orders.new", "x.orders.new"}) {
      var event = "/events/" + name;
      for (var path : new String[] {event + "/1", event + "?any=1", event + "/1/stream"}) {
        var refused = http.get(path, header);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.detail()).isEqualTo("You may not wait for \"" + name + "\"");
      }
      assertThat(http.ask(HttpMethod.HEAD, event + "/1", header).status()).isEqualTo(403);
      assertThat(http.post(event + "/1", "[]", header).detail())
          .isEqualTo("You may not emit \"" + name + "\"");
      assertThat(http.post(event + "/1/progress", "[]", header).status()).isEqualTo(403);
      assertThat(http.put(event + "/1/failure", "{}", header).status()).isEqualTo(403);
    }
    assertThat(http.post("/events/users.new/1", "[]", "X-API-Key", ADMIN).status()).isEqualTo(202);
  }

  @Test
  void aPatternOfManyPartsIsMatchedInLinearTime(Server server) {
    server.deploy();
    var names = new JsonArray().add("*:*:*:done");
    var options =
        new RoutesOptions(
            new JsonObject().put("keys", new JsonArray().add(key("x", ORDERS, names, names))));
    var http = new Http(server, options);
    var header = new String[] {"X-API-Key", ORDERS};
    var colons = ":".repeat(2_000);
    var tooLong = "name is \":::";
    for (var path : new String[] {"/1", "/1/stream", "?any=1"}) {
      var refused = http.get("/events/" + colons + path, header);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.detail()).startsWith(tooLong).endsWith("at most 512 bytes of UTF-8");
    }
    assertThat(http.post("/events/" + colons + "/1", "[]", header).status()).isEqualTo(400);
    var emit = send("server-events.emit", event(colons + "x"));
    assertThat(overSockJs(http, ORDERS, emit)).contains("rejected");
    for (var type : new String[] {"subscribe", "emit"}) {
      var socket = result(http.connect("/socket", header));
      result(socket.writeTextMessage(event(colons + "x").put("type", type).encode()));
      Await.until(socket::isClosed);
      assertThat(socket.closeStatusCode()).isEqualTo((short) 1008);
    }
    assertThat(http.post("/events/a:b:c:done/1", "[]", header).status()).isEqualTo(202);
  }

  @Test
  void aKeyForOrdersReachesNothingElseByWebSocket(Server server) {
    server.deploy();
    var http = new Http(server, keys());
    for (var type : new String[] {"subscribe", "emit"}) {
      for (var name : new String[] {"users.new", "orders.new"}) {
        var socket = result(http.connect("/socket", "Authorization", "Bearer " + ORDERS));
        var messages = new CopyOnWriteArrayList<String>();
        socket.textMessageHandler(messages::add);
        result(socket.writeTextMessage(event(name).put("type", type).encode()));
        if (name.startsWith("orders.")) {
          Await.until(() -> !messages.isEmpty());
          assertThat(messages.get(0)).doesNotContain("error");
        } else {
          Await.until(socket::isClosed);
          assertThat(socket.closeStatusCode()).isEqualTo((short) 1008);
        }
        socket.close();
      }
    }
  }

  @Test
  void aKeyForOrdersReachesNothingElseBySockJs(Server server) {
    server.deploy();
    var http = new Http(server, keys());
    for (var address :
        new String[] {"server-events.on", "server-events.emit", "server-events.stream"}) {
      assertThat(overSockJs(http, ORDERS, send(address, event("users.new")))).contains("rejected");
    }
    assertThat(overSockJs(http, ORDERS, send("server-events.on", event("orders.new"))))
        .contains("within its timeout of 300 ms");
    Await.until(() -> server.broker().channels().isEmpty());
    assertThat(overSockJs(http, ORDERS, send("server-events.emit", event("orders.new"))))
        .contains("\"receivers\":0");
    assertThat(overSockJs(http, ORDERS, send("server-events.stream", event("orders.new"))))
        .contains("\"address\":\"server-events.stream.");
  }

  @Test
  void theBridgeLeadsToNoOtherAddressAndHandsNothingOver(Server server) {
    server.deploy();
    var http = new Http(server, keys());
    for (var address : new String[] {"server-events.stores", "anything", "server-events.on.x"}) {
      assertThat(overSockJs(http, ADMIN, send(address, event("a")))).contains("access_denied");
      var register = new JsonObject().put("type", "register").put("address", address);
      assertThat(overSockJs(http, ADMIN, register)).contains("access_denied");
    }
    var handOver = event("a").put("handOver", "anything");
    assertThat(overSockJs(http, ADMIN, send("server-events.on", handOver))).contains("rejected");
    var publish = send("server-events.emit", event("a")).put("type", "publish");
    assertThat(overSockJs(http, ADMIN, publish)).contains("rejected");
  }

  @Test
  void aUserBringsItsOwnAuthenticationAndAccess(Server server) {
    server.deploy();
    var basic =
        BasicAuthHandler.create(
            credentials ->
                Future.succeededFuture(
                    User.fromName(((UsernamePasswordCredentials) credentials).getUsername())));
    var http =
        new Http(
            server,
            new RoutesOptions()
                .setAuthentication(basic)
                .setAccess((user, action, name) -> user != null && user.subject().equals(name)));
    var ann = new String[] {"Authorization", "Basic YW5uOng="};
    assertThat(http.post("/events/ann/1", "[]", ann).status()).isEqualTo(202);
    assertThat(http.post("/events/bob/1", "[]", ann).status()).isEqualTo(403);
    assertThat(http.post("/events/ann/1", "[]").status()).isEqualTo(401);
  }

  @Test
  void aWrongKeyInTheSettingsIsNamedAndNotShown() {
    var wrong = new JsonArray().add(new JsonObject().put("name", "x").put("sha256", "secret"));
    assertThatThrownBy(() -> new RoutesOptions(new JsonObject().put("keys", wrong)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "http.keys[0].sha256 is \"(not shown)\": it must be the 64 hexadecimal digits of a SHA-256");
    assertThatThrownBy(() -> new RoutesOptions(new JsonObject().put("keys", "x")))
        .hasMessage("http.keys is \"(not shown)\": it must be a JSON array");
    var twice =
        new JsonArray()
            .add(key("x", ADMIN, new JsonArray(), null))
            .add(key("y", ADMIN, new JsonArray().add("*"), null));
    assertThatThrownBy(() -> new RoutesOptions(new JsonObject().put("keys", twice)))
        .hasMessage("http.keys[1].sha256 is \"(not shown)\": it must not be that of another key");
    var misspelt = new JsonArray().add(key("x", ADMIN, new JsonArray(), null).put("waits", 1));
    assertThatThrownBy(() -> new RoutesOptions(new JsonObject().put("keys", misspelt)))
        .hasMessage(
            "http.keys[0].waits is \"(not shown)\": it must be one of the settings; the nearest one is http.keys[0].wait");
  }
}
