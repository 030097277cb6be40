package dev.serverevents.web;

import dev.serverevents.internal.loop.Chores;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;

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

  private static final String NAME = "server-events.half-close";

  private final RoutingContext ctx;
  private final BrokenConnections connections;
  private final ConnectionBase connection;
  private long timer = -1;
  private boolean isHalfClosed;
  private boolean isBodyRead;

  private HalfClose(RoutingContext ctx, BrokenConnections connections, ConnectionBase connection) {
    this.ctx = ctx;
    this.connections = connections;
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
      var answering = new HalfClose(ctx, connections, connection);
      ctx.put(NAME, answering);
      connections.set(answering);
    }
    ctx.next();
  }

  /** Has a request, whose body is read from now on, refused if the rest of that cannot come. */
  static void readBody(RoutingContext ctx) {
    if (ctx.get(NAME) instanceof HalfClose request) {
      request.isBodyRead = true;
      request.connection.context().runOnContext(turn -> request.refuseHalf());
    }
  }

  private void refuseHalf() {
    if (isHalfClosed && isBodyRead && !ctx.request().isEnded() && !ctx.failed()) {
      Problems.closeBehind(ctx);
      ctx.fail(
          new HttpException(
              HttpResponseStatus.BAD_REQUEST.code(),
              "The client has closed its direction before the body ended"));
    }
  }

  @Override
  public void closed() {
    ctx.vertx().cancelTimer(timer);
  }

  @Override
  public void halfClosed() {
    isHalfClosed = true;
    var response = ctx.response();
    if (response.ended()) {
      closeIfLast();
      return;
    }
    // An end handler of the context would take the response's close handler
    ctx.addBodyEndHandler(ended -> connection.context().runOnContext(turn -> closeIfLast()));
    refuseHalf();
    tryOut(response, 0);
  }

  /** No request can follow, but one may have come already. */
  private void closeIfLast() {
    if (connections.isNewest(this)) {
      connection.close();
    }
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
