package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEvents;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Sentinels and Redis itself speak on channels like __sentinel__:hello; nothing of ours may. */
@OnBothBackends
class ReservedNamesTest {

  private static final String NAME = "__sentinel__";
  private static final String ID = "hello";
  private static final String RULE = "it must not begin with \"__\"";
  private static final String INBOX = "$inbox:x";

  private static JsonObject message(String type) {
    return new JsonObject().put("type", type).put("name", NAME).put("id", ID);
  }

  @Test
  void noMethodOfTheApiTakesOne(Server server) {
    server.deploy();
    List<BiFunction<ServerEvents, String, Future<?>>> calls =
        List.of(
            (events, name) -> events.on(name, ID),
            (events, name) -> events.listen(name, ID).subscribed(),
            (events, name) -> events.request(name, ID, () -> Future.succeededFuture()),
            (events, name) -> events.requestDirect(name, ID, replyTo -> Future.succeededFuture()),
            (events, name) -> events.stream(name, ID).subscribed(),
            (events, name) -> events.emit(name, ID),
            (events, name) -> events.emit(new EmitOptions(1_000, "k"), name, ID),
            (events, name) -> events.emitProgress(name, ID),
            (events, name) -> events.emitFailure(name, ID, 500, "no", null),
            (events, name) -> events.reply(INBOX, name, ID),
            (events, name) ->
                events.replyFailure(EmitOptions.DEFAULT, INBOX, name, ID, 500, "no", null));
    var events = server.events();
    assertThat(calls)
        .allSatisfy(
            call ->
                assertThat(failure(call.apply(events, NAME)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(RULE));
  }

  @Test
  void noRouteTakesOne(Server server) {
    server.deploy();
    var http = new Http(server);
    var path = "/events/" + NAME + "/" + ID;
    var encoded = "/events/%5f%5Fsentinel__/" + ID;
    for (var reply :
        new Http.Reply[] {
          http.get(path),
          http.get("/events/" + NAME + "?any=hello"),
          http.get(path + "/stream"),
          http.post(path, "[]"),
          http.post(path + "?retain=1000", "[]"),
          http.post(encoded, "[]"),
          http.post(path + "/progress", "[]"),
          http.put(path + "/failure", "{\"code\":1,\"message\":\"no\"}")
        }) {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.detail()).contains(RULE);
    }
  }

  @Test
  void noWebSocketTakesOne(Server server) {
    server.deploy();
    var http = new Http(server);
    assertThat(answer(result(http.connect("/socket")), message("subscribe"))).contains("\"__");
    assertThat(answer(result(http.connect("/socket")), message("emit"))).contains("\"__");
    for (var address : new String[] {"on", "emit", "stream"}) {
      var send =
          new JsonObject()
              .put("type", "send")
              .put("address", "server-events." + address)
              .put("replyAddress", "r")
              .put("body", message("x"));
      assertThat(answer(result(http.connect("/eventbus/websocket")), send)).contains("\"__");
    }
  }

  @Test
  void noAddressOfTheEventBusTakesOne(Server server) {
    server.deploy();
    for (var address : new String[] {"on", "emit", "stream"}) {
      var refused =
          failure(server.vertx().eventBus().request("server-events." + address, message("x")));
      assertThat(refused).isInstanceOf(ReplyException.class).hasMessageContaining(RULE);
      assertThat(((ReplyException) refused).failureCode()).isEqualTo(400);
    }
  }

  private static String answer(WebSocket socket, JsonObject message) {
    var messages = new CopyOnWriteArrayList<String>();
    socket.handler(bytes -> messages.add(bytes.toString().replace("\\\"", "\"")));
    result(socket.writeTextMessage(message.encode()));
    Await.until(() -> !messages.isEmpty());
    socket.close();
    return messages.get(0);
  }
}
