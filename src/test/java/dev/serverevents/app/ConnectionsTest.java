package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that do not read what they ask for. */
@OnlyOnRedis("It is about connections of HTTP, and Redis has no part in it.")
@ExtendWith(ServerExtension.class)
class ConnectionsTest {

  private static final Buffer BIG = Buffer.buffer(new byte[1 << 20]);

  /** A server that may have one connection at a time. */
  private static final class Http extends VerticleBase {

    private final List<ConnectionBase> made = new CopyOnWriteArrayList<>();
    private final AtomicInteger counted = new AtomicInteger();
    private int port;

    @Override
    public Future<?> start() {
      var connections = new Connections(vertx, new ConnectionLimits(1, 1, 1), 600_000);
      var router = Router.router(vertx);
      router.route().handler(connections);
      router.route("/big").handler(ctx -> ctx.end(BIG));
      router.route("/count").handler(ctx -> ctx.end("counted " + counted.incrementAndGet()));
      router
          .route("/last")
          .handler(
              ctx -> {
                ctx.end("last");
                ctx.request().connection().close();
              });
      return vertx
          .createHttpServer(new HttpServerOptions().setSendBufferSize(1 << 15))
          .connectionHandler(
              connection -> {
                made.add((ConnectionBase) connection);
                connections.accept(connection);
              })
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(server -> port = server.actualPort());
    }

    long waitingBytes() {
      ChannelOutboundBuffer waiting = made.get(0).channel().unsafe().outboundBuffer();
      return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    Socket connect(String path) throws IOException {
      var socket = new Socket();
      socket.setReceiveBufferSize(1 << 13);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      ask(socket, path);
      return socket;
    }

    static void ask(Socket socket, String path) throws IOException {
      var request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Http deploy(Server server) {
    var http = new Http();
    result(server.vertx().deployVerticle(http));
    return http;
  }

  @Test
  void oneThatGivesWayEndsThoughItsClientDoesNotRead(Server server) throws IOException {
    var http = deploy(server);
    try (var greedy = http.connect("/big")) {
      Await.until(() -> !http.made.isEmpty() && http.waitingBytes() > 0);
      try (var next = http.connect("/count")) {
        var ended = http.made.get(0).closeFuture();
        Await.until(ended::isComplete);
        assertThat(next.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
      }
      assertThat(greedy.getInputStream().readAllBytes()).hasSizeLessThan(BIG.length());
    }
  }

  @Test
  void behindItsCloseNothingIsDone(Server server) throws IOException {
    var http = deploy(server);
    try (var greedy = http.connect("/big")) {
      Await.until(() -> !http.made.isEmpty() && http.waitingBytes() > 0);
      Http.ask(greedy, "/last");
      for (var i = 0; i < 100; i++) {
        Http.ask(greedy, "/count");
      }
      greedy.shutdownOutput();
      var answers = new String(greedy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answers).startsWith("HTTP/1.1 200 ").doesNotContain("counted");
    }
    assertThat(http.counted).hasValue(0);
  }
}
