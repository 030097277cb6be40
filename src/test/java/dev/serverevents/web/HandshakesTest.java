package dev.serverevents.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.RawHttp;
import dev.serverevents.testing.Server;
import dev.serverevents.web.Usage.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handshakes of WebSockets, of RFC 6455 and others, on every WebSocket. */
@OnBothBackends
class HandshakesTest {

  private static final List<String> WEB_SOCKETS =
      List.of("/socket", "/eventbus/websocket", "/eventbus/123/session/websocket");
  private static final String CONNECTION = "Connection: keep-alive, Upgrade";
  private static final String VERSION = "Sec-WebSocket-Version: 13";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

  /** The answer, and that of a request behind it, which has the connection closed. */
  private static String ask(Http http, String path, String... headers) {
    var lines = new ArrayList<>(List.of("GET /api" + path + " HTTP/1.1", "Host: a"));
    lines.add("Upgrade: websocket");
    lines.addAll(Arrays.asList(headers));
    lines.addAll(List.of("", "GET /api/health HTTP/1.1", "Host: a", "Connection: close", ""));
    return RawHttp.ask("http://127.0.0.1:" + http.port(), lines.toArray(String[]::new));
  }

  @Test
  void aKeyThatIsNotOneIsRefused(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      for (var key :
          List.of(
              "X: no key",
              "Sec-WebSocket-Key:",
              "Sec-WebSocket-Key: abc",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==",
              KEY + "\r\n" + KEY)) {
        assertThat(ask(http, path, CONNECTION, VERSION, key))
            .as("%s with %s", path, key)
            .startsWith("HTTP/1.1 400 ")
            .contains("\"detail\":\"Sec-WebSocket-Key is ");
      }
    }
  }

  /** Vert.x answers one that is too long by itself, and tells nobody. */
  @Test
  void aHandshakeWithABodyIsRefused(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      for (var body :
          List.of(
              "Content-Length: 8193\r\n\r\n" + "x".repeat(8_193),
              "Content-Length: 1\r\n\r\n",
              "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")) {
        assertThat(ask(http, path, CONNECTION, VERSION, KEY, body))
            .as("%s with %s", path, body)
            .startsWith("HTTP/1.1 400 ")
            .contains("\"detail\":\"A WebSocket handshake has no body\"")
            .doesNotContain("HTTP/1.1 200 ");
      }
    }
    Await.until(() -> Usages.of(server.vertx()).total(Kind.STREAMS) == 0);
  }

  @Test
  void aVersionOtherThan13IsToldWhichThereIs(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      for (var version :
          List.of(
              "X: no version",
              "Sec-WebSocket-Version: 7",
              "Sec-WebSocket-Version: 8",
              "Sec-WebSocket-Version: 14",
              "Sec-WebSocket-Version: 13, 8")) {
        assertThat(ask(http, path, CONNECTION, KEY, version))
            .as("%s with %s", path, version)
            .startsWith("HTTP/1.1 426 ")
            .containsIgnoringCase("\r\nsec-websocket-version: 13\r\n")
            .containsIgnoringCase("\r\nupgrade: websocket\r\n")
            .contains("\"detail\":\"Sec-WebSocket-Version must be 13\"");
      }
    }
  }

  @Test
  void aHandshakeOfAnOldDraftIsRefused(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      assertThat(
              ask(
                  http,
                  path,
                  CONNECTION,
                  "Origin: http://a",
                  "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5",
                  "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00"))
          .as(path)
          .startsWith("HTTP/1.1 426 ");
    }
  }

  @Test
  void aConnectionThatIsNotToBeUpgradedIsRefused(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      assertThat(ask(http, path, "Connection: keep-alive, not-upgrade", VERSION, KEY))
          .as(path)
          .startsWith("HTTP/1.1 400 ")
          .contains("\"detail\":\"The request is no WebSocket handshake of RFC 6455\"");
    }
  }
}
