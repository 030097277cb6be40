package dev.serverevents.web;

import dev.serverevents.internal.loop.Chores;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;

/**
 * Answers a client that has closed its own direction of the connection after its request, as the
 * end of a pipe does. A client that is gone for good looks the same until something is sent to it
 * and its system resets the connection: an interim response (RFC 9110, section 15.2) finds that
 * out, or, on a stream, a comment.
 */
final class HalfClose implements BrokenConnections.Answering {

  /**
   * After how many ms something is sent, again and again. A client that is answered soon gets
   * nothing of it, and only the second one finds out that the first was answered by a reset.
   */
  private static final long[] TRIES_MS = {500, 100, 200, 1_000, 2_000, 4_000};

  private final RoutingContext ctx;
  private final ConnectionBase connection;
  private long timer = -1;

  private HalfClose(RoutingContext ctx, ConnectionBase connection) {
    this.ctx = ctx;
    this.connection = connection;
  }

  /** A handler that lets a client close its direction of the connection from now on. */
  static void allow(RoutingContext ctx) {
    var request = ctx.request();
    var connections = BrokenConnections.of(request.connection());
    if (connections != null
        && request.version() == HttpVersion.HTTP_1_1
        && !request.isSSL()
        && request.connection() instanceof ConnectionBase connection) {
      connections.set(new HalfClose(ctx, connection));
    }
    ctx.next();
  }

  @Override
  public void closed() {
    ctx.vertx().cancelTimer(timer);
  }

  @Override
  public void halfClosed() {
    var response = ctx.response();
    if (response.ended()) {
      connection.close();
      return;
    }
    // No request can follow. An end handler of the context would take the response's close handler
    ctx.addBodyEndHandler(ended -> connection.context().runOnContext(turn -> connection.close()));
    tryOut(response, 0);
  }

  private void tryOut(HttpServerResponse response, int tries) {
    timer =
        ctx.vertx()
            .setTimer(
                TRIES_MS[Math.min(tries, TRIES_MS.length - 1)],
                id ->
                    Chores.add(
                        connection.context(),
                        () -> {
                          if (!response.ended() && !response.closed()) {
                            send(response);
                            tryOut(response, tries + 1);
                          }
                        }));
  }

  private static void send(HttpServerResponse response) {
    if (!response.headWritten()) {
      response.writeContinue().onFailure(gone -> {});
    } else if (response.isChunked()) {
      response.write(Buffer.buffer(SseStream.HEARTBEAT)).onFailure(gone -> {});
    }
  }
}
