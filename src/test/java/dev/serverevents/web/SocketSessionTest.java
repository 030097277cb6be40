package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

@OnBothBackends
class SocketSessionTest {

  /** A client: what has come so far. */
  private record Client(WebSocket socket, List<String> messages) {
    static Client open(Http http) {
      var messages = new CopyOnWriteArrayList<String>();
      var socket =
          result(
              http.connect("/socket")
                  .onSuccess(opened -> opened.textMessageHandler(messages::add)));
      return new Client(socket, messages);
    }

    void send(String json) {
      result(socket.writeTextMessage(json));
    }

    void await(String... texts) {
      Await.untilAsserted(() -> assertThat(messages).containsExactly(texts));
    }

    int awaitClose() {
      Await.until(socket::isClosed);
      return socket.closeStatusCode();
    }
  }

  private static String subscribe(Object id) {
    return "{\"type\":\"subscribe\",\"name\":\"pi\",\"id\":%s}".formatted(id);
  }

  private static String emit(String fields) {
    return "{'type':'emit','name':'a','id':1,%s}".formatted(fields).replace('\'', '"');
  }

  @Test
  void manyKeysAreSubscribedAndEmittedOnOneSocket(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    client.send("{\"type\":\"subscribe\",\"name\":\"pi\",\"id\":1,\"ref\":\"a\"}");
    client.await("{\"type\":\"subscribed\",\"ref\":\"a\",\"name\":\"pi\",\"id\":1}");
    client.send(subscribe("\"x y\""));
    Await.until(() -> client.messages().size() == 2);
    client.messages().clear();
    result(server.events().emitProgress("pi", 1, 50));
    client.await("{\"type\":\"progress\",\"args\":[50],\"name\":\"pi\",\"id\":\"1\"}");
    client.messages().clear();
    client.send("{\"type\":\"emit\",\"name\":\"pi\",\"id\":\"x y\",\"args\":[7],\"ref\":5}");
    Await.untilAsserted(
        () ->
            assertThat(client.messages())
                .containsExactlyInAnyOrder(
                    "{\"type\":\"result\",\"args\":[7],\"name\":\"pi\",\"id\":\"x y\"}",
                    "{\"type\":\"emitted\",\"ref\":5,\"name\":\"pi\",\"id\":\"x y\",\"receivers\":1}"));
    client.messages().clear();
    result(server.events().emitFailure("pi", 1, 42, "no", null));
    client.await(
        "{\"type\":\"failure\",\"code\":42,\"message\":\"no\",\"detail\":null,\"name\":\"pi\",\"id\":\"1\"}");
    Await.until(() -> server.broker().channels().isEmpty());
    client.socket().close();
  }

  @Test
  void whatIsUnsubscribedIsHeardNoMoreAndMayBeSubscribedAgain(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    client.send(subscribe(1));
    Await.until(() -> client.messages().size() == 1);
    client.send("{\"type\":\"unsubscribe\",\"name\":\"pi\",\"id\":1}");
    Await.until(() -> client.messages().size() == 2);
    assertThat(client.messages().get(1)).contains("unsubscribed");
    Await.until(() -> server.broker().channels().isEmpty());
    client.send(subscribe(1));
    Await.until(() -> client.messages().size() == 3);
    client.socket().close();
  }

  @Test
  void aTimeoutIsToldAndBadMessagesDisturbNothing(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    client.send(subscribe(1));
    Await.until(() -> client.messages().size() == 1);
    var bad =
        new String[][] {
          {"no json", "message is \"no json\": it must be JSON"},
          {"[]", "message is \"[]\": it must be a JSON object"},
          {"{\"type\":\"dance\"}", "type is \"dance\": it must be \"subscribe\""},
          {"{\"type\":\"emit\",\"name\":\"$a\",\"id\":1}", "must not begin with \"$\""},
          {"{\"type\":\"emit\",\"id\":1}", "name is null: it must be a string"},
          {"{\"type\":\"emit\",\"name\":\"a\",\"id\":1,\"args\":5}", "args is 5: it must be"},
          {"{\"type\":\"subscribe\",\"name\":\"a\",\"id\":1.5}", "id is 1.5: it must be"},
          {"{\"type\":\"subscribe\",\"name\":\"a\",\"id\":1,\"timeout\":0}", "timeout is 0"},
          {subscribe(1), "must not be subscribed already"},
          {
            emit("'args':[1],'failure':{'code':1,'message':'no'}"),
            "args is [1]: it must not be with"
          },
          {
            emit("'progress':true,'failure':{'code':1,'message':'no'}"), "progress is true: it must"
          },
        };
    for (var message : bad) {
      client.messages().clear();
      client.send(message[0]);
      Await.until(() -> client.messages().size() == 1);
      var error = new JsonObject(client.messages().get(0));
      assertThat(error.getString("type")).isEqualTo("error");
      assertThat(error.getInteger("status")).isEqualTo(400);
      assertThat(error.getString("detail")).contains(message[1]);
    }
    client.messages().clear();
    result(client.socket().writeBinaryMessage(Buffer.buffer("{}")));
    Await.until(() -> client.messages().size() == 1);
    client.messages().clear();
    client.send("{\"type\":\"subscribe\",\"name\":\"pi\",\"id\":2,\"timeout\":200}");
    Await.until(() -> client.messages().size() == 2);
    var late = new JsonObject(client.messages().get(1));
    assertThat(((JsonObject) late.remove("timeline")).getLong("subscribed")).isNotNegative();
    assertThat(late.encode())
        .isEqualTo(
            "{\"type\":\"timeout\",\"waited\":200,\"name\":\"pi\",\"id\":\"2\","
                + "\"cause\":\"no-event\"}");
    result(server.events().emit("pi", 1));
    Await.until(() -> client.messages().size() == 3);
    client.socket().close();
  }

  @Test
  void aClientThatGoesFreesAll(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    for (var id = 0; id < 20; id++) {
      client.send(subscribe(id));
    }
    Await.until(() -> client.messages().size() == 20);
    result(client.socket().close());
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void aNameThatIsNotPermittedClosesItWith1008(Server server) {
    server.deploy();
    var options = new RoutesOptions().setAccess((user, action, name) -> name.equals("pi"));
    var http = new Http(server, options);
    for (var type : new String[] {"subscribe", "emit"}) {
      var client = Client.open(http);
      client.send("{\"type\":\"%s\",\"name\":\"other\",\"id\":1}".formatted(type));
      assertThat(client.awaitClose()).isEqualTo(1008);
      assertThat(client.messages()).isEmpty();
    }
  }

  @Test
  void tooManySubscriptionsCloseItWith1008(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    for (var id = 0; id <= SocketMessages.MAX_SUBSCRIPTIONS; id++) {
      client.send(subscribe(id));
    }
    assertThat(client.awaitClose()).isEqualTo(1008);
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void aMessageThatIsTooBigClosesItWith1009(Server server) {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setMaxBody(1_000));
    var client = Client.open(http);
    client.send("x".repeat(1_001));
    assertThat(client.awaitClose()).isEqualTo(1009);
    var frame = Client.open(http);
    frame.socket().writeTextMessage("x".repeat(1 << 20));
    assertThat(frame.awaitClose()).isEqualTo(1009);
    var message = Client.open(http);
    message.socket().writeFrame(WebSocketFrame.textFrame("x".repeat(1 << 14), false));
    for (var i = 0; i < 40; i++) {
      message
          .socket()
          .writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("x".repeat(1 << 14)), false));
    }
    assertThat(message.awaitClose()).isEqualTo(1009);
  }

  @Test
  void itIsPingedAndClosedWhenItDoesNotAnswer(Server server) {
    server.deploy();
    var client = Client.open(new Http(server, new RoutesOptions().setHeartbeat(100)));
    client.send(subscribe(1));
    Await.until(() -> client.messages().size() == 1);
    client.socket().pause(); // so that its client does not see the pings
    Await.until(() -> server.broker().channels().isEmpty());
    client.socket().resume();
    Await.until(client.socket()::isClosed);
  }

  @Test
  void theServersEndClosesItWith1001(Server server) {
    server.deploy();
    var http = new Http(server);
    var client = Client.open(http);
    client.send(subscribe(1));
    Await.until(() -> client.messages().size() == 1);
    http.shutdown();
    assertThat(client.awaitClose()).isEqualTo(1001);
  }

  @Test
  void aClientThatDoesNotReadIsBounded(Server server) {
    server.deploy();
    var client = Client.open(new Http(server));
    client.send("{\"type\":\"subscribe\",\"name\":\"pi\",\"id\":1,\"timeout\":60000}");
    Await.until(() -> client.messages().size() == 1);
    client.socket().pause();
    var large = "x".repeat(100_000);
    for (var i = 0; i < 500; i++) {
      result(server.events().emitProgress("pi", 1, large));
    }
    result(server.events().emit("pi", 1, "end"));
    Await.until(() -> server.broker().channels().isEmpty());
    client.socket().resume();
    Await.until(() -> client.messages().get(client.messages().size() - 1).contains("result"));
    assertThat(client.messages()).hasSizeLessThan(400);
    assertThat(client.messages()).anyMatch(message -> message.contains("SLOW_READER"));
    client.socket().close();
  }
}
