package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Numbers with a million digits: reading one would hold the event loop, which the tests watch. */
@OnBothBackends
class HostileNumbersTest {

  private static final String MILLION_DIGITS = "1".repeat(1_000_000);
  private static final BigInteger MILLION_BITS = BigInteger.ONE.shiftLeft(1 << 24);

  /** About as many digits as a WebSocket's message may have characters. */
  private static final String LARGEST = "1".repeat(262_000);

  private static final int FRAME = 1 << 16;

  private static void send(WebSocket socket, String text) {
    result(socket.writeFrame(WebSocketFrame.textFrame(text.substring(0, FRAME), false)));
    for (var at = FRAME; at < text.length(); at += FRAME) {
      var end = Math.min(text.length(), at + FRAME);
      var part = Buffer.buffer(text.substring(at, end));
      result(socket.writeFrame(WebSocketFrame.continuationFrame(part, end == text.length())));
    }
  }

  private static JsonObject event() {
    return new JsonObject().put("name", "a").put("id", 1);
  }

  private static JsonObject failureWith(Object code) {
    return new JsonObject().put("code", code).put("message", "no");
  }

  @Test
  void theBodyOfARequestIsRefusedAtOnce(Server server) {
    server.deploy();
    var http = new Http(server);
    var text = http.put("/events/a/1/failure", failureWith(MILLION_DIGITS).encode());
    assertThat(text.status()).isEqualTo(400);
    assertThat(text.detail())
        .startsWith("failure.code is \"1111")
        .endsWith("(1000002 characters): it must be an integer from 0 to 2147483647");
    var number = "{\"code\":%s,\"message\":\"no\"}".formatted(MILLION_DIGITS);
    assertThat(http.put("/events/a/1/failure", number).status()).isEqualTo(400);
  }

  @Test
  void aMessageOfAWebSocketIsRefusedAtOnce(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var field : new String[] {"retain", "timeout"}) {
      for (var type : new String[] {"emit", "subscribe"}) {
        var socket = result(http.connect("/socket"));
        var messages = new CopyOnWriteArrayList<String>();
        socket.textMessageHandler(messages::add);
        send(socket, event().put("type", type).put(field, LARGEST).encode());
        Await.until(() -> !messages.isEmpty());
        var read = type.equals("emit") == field.equals("retain");
        assertThat(messages.get(0)).contains(read ? "\"status\":400" : "ed\"");
        socket.close();
      }
    }
  }

  @Test
  void aMessageOfTheEventBusIsRefusedAtOnce(Server server) {
    server.deploy();
    for (var number : new Object[] {MILLION_DIGITS, MILLION_BITS}) {
      for (var message :
          new JsonObject[] {
            event().put("timeout", number),
            event().put("retain", number),
            event().put("failure", failureWith(number))
          }) {
        var address = message.containsKey("timeout") ? "on" : "emit";
        assertThat(failure(server.vertx().eventBus().request("server-events." + address, message)))
            .hasMessageContaining("it must be an integer from");
      }
    }
  }

  @Test
  void anIdIsRefusedAtOnce(Server server) {
    server.deploy();
    var events = server.events();
    for (var call : new Future<?>[] {events.on("a", MILLION_BITS), events.emit(MILLION_BITS, 1)}) {
      assertThat(failure(call))
          .hasMessageContaining("is an integer of 16777217 bits: it must have at most 512 bytes");
    }
  }
}
