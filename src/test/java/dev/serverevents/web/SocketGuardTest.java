package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.local.Unread;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that no client sends by itself, on every WebSocket: each is closed with what is wrong. */
@OnlyOnRedis("It is about frames of sockets, and waits for their limits of time.")
@ExtendWith(ServerExtension.class)
class SocketGuardTest {

  private static final List<String> WEB_SOCKETS =
      List.of("/socket", "/eventbus/websocket", "/eventbus/123/session/websocket");

  /** What nothing is compressed to. */
  private static final byte[] JUNK = {(byte) 0xFF, (byte) 0xFF, 1, 2, 3};

  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int FINAL = 0x80;
  private static final int COMPRESSED = 0x40;
  private static final int BIG = 1 << 20;
  private static final int UNREAD = 40;

  /** A connection that has been upgraded, to write frames on. */
  private record Client(Socket socket, DataInputStream in) implements AutoCloseable {

    static Client open(Http http, String path) throws IOException {
      return open(http, path, "Sec-WebSocket-Extensions: permessage-deflate");
    }

    static Client open(Http http, String path, String header) throws IOException {
      var socket = new Socket(InetAddress.getLoopbackAddress(), http.port());
      socket.setSoTimeout(30_000);
      return upgrade(socket, path, header);
    }

    static Client upgrade(Socket socket, String path, String header) throws IOException {
      var client = new Client(socket, new DataInputStream(socket.getInputStream()));
      socket.getOutputStream().write(Http.handshake(path, header).getBytes(ISO_8859_1));
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) client.in.readByte());
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 101 ");
      assertThat(head.indexOf("permessage-deflate") > 0).isEqualTo(header.contains("deflate"));
      return client;
    }

    /** Sends a frame, masked with zeros. */
    void send(int head, byte[] data) throws IOException {
      var frame = new ByteArrayOutputStream();
      frame.write(head);
      if (data.length < 126) {
        frame.write(FINAL | data.length);
      } else if (data.length < 1 << 16) {
        frame.writeBytes(new byte[] {(byte) 254, (byte) (data.length >> 8), (byte) data.length});
      } else {
        frame.write(255);
        for (var shift = 56; shift >= 0; shift -= 8) {
          frame.write((int) ((long) data.length >> shift));
        }
      }
      frame.writeBytes(new byte[4]);
      frame.writeBytes(data);
      socket.getOutputStream().write(frame.toByteArray());
    }

    /** The code of the first close frame, and that nothing but the end follows it. */
    int awaitClose() throws IOException {
      var code = awaitCloseFrame();
      send(FINAL | CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
      assertThat(in.read()).isEqualTo(-1);
      return code;
    }

    /** The code of the first close frame. */
    int awaitCloseFrame() throws IOException {
      while (true) {
        var head = in.readUnsignedByte();
        var length = in.readUnsignedByte();
        var data = in.readNBytes(length == 126 ? in.readUnsignedShort() : length);
        if ((head & 0xF) == CLOSE) {
          return ((data[0] & 0xFF) << 8) | (data[1] & 0xFF);
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private interface Attack {
    void send(Client client) throws IOException;
  }

  private static void assertClosed(Http http, int code, Attack attack) throws IOException {
    for (var path : WEB_SOCKETS) {
      try (var client = Client.open(http, path)) {
        attack.send(client);
        assertThat(client.awaitClose()).as(path).isEqualTo(code);
      }
    }
  }

  private static byte[] compressed(int size) {
    var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(new byte[size]);
    var out = new ByteArrayOutputStream();
    var part = new byte[1 << 16];
    for (var n = -1; n != 0; ) {
      n = deflater.deflate(part, 0, part.length, Deflater.SYNC_FLUSH);
      out.write(part, 0, n);
    }
    deflater.end();
    return Arrays.copyOf(out.toByteArray(), out.size() - 4); // RFC 7692, section 7.2.1
  }

  /** Else its client, which goes on to send, meets a reset, and may not read the close frame. */
  @Test
  void theRestOfAFrameThatIsTooBigIsReadAfterTheCloseFrame(Server server) throws IOException {
    server.deploy();
    var http = new Http(server);
    var head = ByteBuffer.allocate(14).put((byte) (FINAL | BINARY)).put((byte) 255).putLong(BIG);
    for (var path : WEB_SOCKETS) {
      try (var client = Client.open(http, path)) {
        var out = client.socket.getOutputStream();
        out.write(head.array());
        assertThat(client.awaitCloseFrame()).as(path).isEqualTo(1009);
        for (var sent = 0; sent < BIG; sent += 1 << 16) {
          out.write(new byte[1 << 16]);
        }
      }
    }
  }

  @Test
  void whatIsSmallAndGrowsWhenDecompressedIsTooBig(Server server) throws IOException {
    server.deploy();
    var bomb = compressed(50 * BIG);
    assertThat(bomb.length).isLessThan(1 << 16);
    assertClosed(new Http(server), 1009, c -> c.send(FINAL | COMPRESSED | TEXT, bomb));
  }

  @Test
  void whatIsTooBigInManyFramesIsTooBig(Server server) throws IOException {
    server.deploy();
    var part = "x".repeat(1 << 14).getBytes(UTF_8);
    Attack attack =
        client -> {
          client.send(TEXT, part);
          for (var i = 1; i < 20; i++) {
            client.send(0, part);
          }
        };
    assertClosed(new Http(server), 1009, attack); // beyond the HTTP server's own limit
    var options = new RoutesOptions().setMaxBody(100_000);
    assertClosed(new Http(server, options), 1009, attack);
  }

  @Test
  void whatIsTooBigInOneFrameIsTooBig(Server server) throws IOException {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setMaxBody(1_000));
    for (var type : new int[] {TEXT, BINARY}) {
      assertClosed(http, 1009, client -> client.send(FINAL | type, new byte[1_001]));
    }
  }

  @Test
  void whatIsNoTextIsNotTakenForIt(Server server) throws IOException {
    server.deploy();
    var emit = "{\"type\":\"emit\",\"name\":\"caf\u00e9\",\"id\":1}".getBytes(ISO_8859_1);
    assertClosed(new Http(server), 1007, client -> client.send(FINAL | TEXT, emit));
  }

  @Test
  void aBitThatNoExtensionHasIsAProtocolError(Server server) throws IOException {
    server.deploy();
    var http = new Http(server);
    var text = "{}".getBytes(UTF_8);
    for (var bit : new int[] {0x20, 0x10}) {
      assertClosed(http, 1002, client -> client.send(FINAL | bit | TEXT, text));
    }
    assertClosed(http, 1002, client -> client.send(FINAL | COMPRESSED | PING, text));
    assertClosed(
        http,
        1002,
        client -> {
          client.send(TEXT, text);
          client.send(FINAL | COMPRESSED, text);
        });
    for (var path : WEB_SOCKETS) {
      try (var client = Client.open(http, path, "X: no extension")) {
        client.send(FINAL | COMPRESSED | TEXT, text);
        assertThat(client.awaitClose()).as(path).isEqualTo(1002);
      }
    }
  }

  @Test
  void aCodeThatNoCloseFrameMayHaveIsAProtocolError(Server server) throws IOException {
    server.deploy();
    var http = new Http(server);
    for (var code : new int[] {5_000, 65_535}) {
      var data = new byte[] {(byte) (code >> 8), (byte) code};
      assertClosed(http, 1002, client -> client.send(FINAL | CLOSE, data));
    }
  }

  @Test
  void whatIsNotCompressedAsItSaysIsRefused(Server server) throws IOException {
    server.deploy();
    assertClosed(new Http(server), 1007, c -> c.send(FINAL | COMPRESSED | TEXT, JUNK));
  }

  @Test
  void nothingIsLeftOfAConnectionOfWhichAFrameCouldNotBeDecompressed(Server server)
      throws IOException {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setHeartbeat(600_000));
    var subscribe =
        Map.of(
            "/socket",
            """
            {"type":"subscribe","name":"a","id":1}""",
            "/eventbus/websocket",
            """
            {"type":"send","address":"server-events.on","replyAddress":"r","body":{"name":"a","id":1}}""");
    for (var path : subscribe.keySet()) {
      try (var client = Client.open(http, path)) {
        client.send(FINAL | TEXT, subscribe.get(path).getBytes(UTF_8));
        Await.until(() -> server.broker().channels().contains("a:1"));
        client.send(FINAL | COMPRESSED | TEXT, JUNK);
        assertThat(client.awaitClose()).as(path).isEqualTo(1007);
      }
      Await.until(() -> server.broker().channels().isEmpty());
    }
  }

  @Test
  void aCloseFrameIsAnsweredByTheSame(Server server) throws IOException {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      for (var code : new int[] {1000, 1001, 4000}) {
        try (var client = Client.open(http, path)) {
          client.send(FINAL | CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
          assertThat(client.awaitCloseFrame()).as(path).isEqualTo(code);
          assertThat(client.in.read()).as(path).isEqualTo(-1);
        }
      }
    }
  }

  /** Else everybody could have as many connections as there may be, and nothing on them. */
  @Test
  void aConnectionEndsThoughItsClientDoesNotAnswerTheCloseFrame(Server server) throws IOException {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      try (var client = Client.open(http, path)) {
        client.send(FINAL | TEXT, new byte[] {(byte) 0xFF});
        assertThat(client.awaitCloseFrame()).as(path).isEqualTo(1007);
        assertThat(client.in.read()).as(path).isEqualTo(-1);
      }
    }
  }

  /** The same, where the session closes it and no frame was wrong. */
  @Tag("long")
  @Test
  void aConnectionEndsThoughItsClientDoesNotAnswerItsSession(Server server) throws IOException {
    server.deploy();
    var http = new Http(server);
    try (var client = Client.open(http, "/eventbus/websocket")) {
      var message =
          """
          {"type":"send","address":"server-events.on","replyAddress":"r","body":{"name":"a","id":%d}}
          """;
      for (var id = 0; id <= SockJsSession.MAX_PENDING; id++) {
        client.send(FINAL | TEXT, message.formatted(id).strip().getBytes(UTF_8));
      }
      assertThat(client.awaitCloseFrame()).isEqualTo(1008);
      assertThat(client.in.read()).isEqualTo(-1);
    }
    try (var client = Client.open(http, "/socket")) {
      for (var id = 0; id <= SocketMessages.MAX_SUBSCRIPTIONS; id++) {
        var message = "{\"type\":\"subscribe\",\"name\":\"a\",\"id\":%d}".formatted(id);
        client.send(FINAL | TEXT, message.getBytes(UTF_8));
      }
      assertThat(client.awaitCloseFrame()).isEqualTo(1008);
      assertThat(client.in.read()).isEqualTo(-1);
    }
  }

  /** The same, where SockJS closes it, for a frame that is none of its own. */
  @Tag("long")
  @Test
  void aConnectionThatSockJsClosesEndsThoughItsClientDoesNotRead(Server server) throws IOException {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setHeartbeat(600_000));
    try (var client = Client.open(http, "/eventbus/123/session/websocket")) {
      for (var id = 0; id < UNREAD; id++) {
        var body = new JsonObject().put("name", "big").put("id", id);
        var message = new JsonObject().put("type", "send").put("address", "server-events.on");
        var frame =
            new JsonArray().add(message.put("replyAddress", "r").put("body", body).encode());
        client.send(FINAL | TEXT, frame.encode().getBytes(UTF_8));
      }
      awaitBig(server);
      emitBig(server);
      client.send(FINAL | TEXT, "x".getBytes(UTF_8));
      Await.until(() -> http.open() == 0);
    }
  }

  private static void awaitBig(Server server) {
    Await.untilAsserted(
        () ->
            assertThat(server.broker().channels())
                .filteredOn(channel -> channel.startsWith("big:"))
                .hasSize(UNREAD));
  }

  private static void emitBig(Server server) {
    var random = new Random(1);
    for (var id = 0; id < UNREAD; id++) {
      var text = random.ints(BIG / 4, 33, 126).mapToObj(Character::toString).collect(joining());
      result(server.events().emit("big", id, text));
    }
  }

  /** Nothing can be said to its client any more, though there was a request on it before. */
  @Test
  void aClientThatEndsItsDirectionOfAKeptAliveConnectionGetsNoCloseFrame(Server server)
      throws IOException {
    server.deploy();
    var http = new Http(server);
    for (var path : WEB_SOCKETS) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
        var request =
            "GET /api/events/a/1/stream HTTP/1.1\r\nHost: a\r\nLast-Event-ID: timeout\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        var answer = new DataInputStream(socket.getInputStream());
        var read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
          read.append((char) answer.readByte());
        }
        var client = Client.upgrade(socket, path, "X: no extension");
        socket.shutdownOutput();
        assertThat(client.in.readAllBytes()).as(path).doesNotContain((byte) (FINAL | CLOSE));
      }
    }
  }

  /** The close frame then never leaves, for what is before it does not. */
  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"/socket", "/eventbus/websocket"})
  void aConnectionEndsThoughItsClientDoesNotRead(String path, Server server) throws IOException {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setHeartbeat(500));
    try (var client = Client.open(http, path)) {
      var subscribe =
          path.equals("/socket")
              ? "{\"type\":\"subscribe\",\"name\":\"big\",\"id\":%d}"
              : """
                {"type":"send","address":"server-events.on","replyAddress":"r",\
                "body":{"name":"big","id":%d}}""";
      for (var id = 0; id < UNREAD; id++) {
        client.send(FINAL | TEXT, subscribe.formatted(id).getBytes(UTF_8));
      }
      awaitBig(server);
      emitBig(server);
      try {
        for (var id = UNREAD; id <= UNREAD + SockJsSession.MAX_PENDING; id++) {
          client.send(FINAL | TEXT, subscribe.formatted(id).getBytes(UTF_8));
        }
      } catch (SocketException ended) {
        // by the server, before this slow client had sent all
      }
      Await.until(() -> http.open() == 0);
      Await.until(() -> Unread.of(server.vertx()).bytes() == 0);
    }
  }
}
