package dev.serverevents.web;

import dev.serverevents.ServerEvents;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.web.Quotas.Client;
import dev.serverevents.web.Quotas.Permit;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket, over which many events are streamed and emitted, from its opening to its end; see
 * {@link SocketMessages} for what is said on it. It reads no more while its client does not read,
 * or has too many emits under way. It is closed with 1001 when the server goes, with 1008 for a
 * name that is not permitted or too many subscriptions, and without a close frame when it does not
 * answer a ping.
 */
final class SocketSession implements SocketMessages.Socket {

  private final RoutingContext ctx;
  private final ServerWebSocket socket;
  private final Vertx vertx;
  private final Clock clock;
  private final Permit permit;
  private final SocketMessages messages;
  private final Outgoing outgoing;
  private final long timer;
  private boolean alive = true;
  private @Nullable WebSocketCloseStatus closing;

  private SocketSession(
      RoutingContext ctx,
      ServerWebSocket socket,
      ServerEvents events,
      RoutesOptions options,
      Client client,
      Permit permit,
      SocketEvents texts) {
    this.ctx = ctx;
    this.socket = socket;
    this.permit = permit;
    vertx = events.vertx();
    clock = Clocks.of(vertx);
    messages =
        new SocketMessages(
            this,
            events,
            client,
            (action, name) -> options.getAccess().permits(ctx.user(), action, name),
            texts);
    outgoing =
        new Outgoing(vertx, () -> !socket.isClosed() && socket.writeQueueFull(), this::drained);
    timer = clock.setPeriodic(vertx.getOrCreateContext(), options.getHeartbeat(), t -> beat());
  }

  /**
   * Serves a socket of a client until it is closed, and then closes its permit, too.
   *
   * @param ctx what asked for it
   * @param texts what all sockets share
   */
  static void serve(
      RoutingContext ctx,
      ServerWebSocket socket,
      ServerEvents events,
      RoutesOptions options,
      Client client,
      Permit permit,
      SocketEvents texts) {
    var session = new SocketSession(ctx, socket, events, options, client, permit, texts);
    socket.pongHandler(pong -> session.alive = true);
    socket.textMessageHandler(session::receive);
    socket.binaryMessageHandler(binary -> session.messages.receiveBinary());
    socket.drainHandler(drained -> session.outgoing.tellIfDrained());
    socket.closeHandler(closed -> session.end());
    socket.exceptionHandler(session::broken);
    // Vert.x says why only when it has called this
    socket.shutdownHandler(going -> session.vertx.runOnContext(told -> session.shutdown()));
  }

  private void beat() {
    if (!alive) {
      end();
      socket.close().onFailure(gone -> {});
      SocketGuard.endSoon(ctx);
      return;
    }
    alive = false;
    socket.writePing(Buffer.buffer()).onFailure(gone -> {});
  }

  /** The {@link SocketGuard} takes care of frames that are wrong. */
  private void broken(Throwable cause) {
    if (cause instanceof IllegalStateException) {
      close(Closings.FRAME_TOO_BIG);
    }
  }

  private void end() {
    clock.cancel(timer);
    messages.cancel();
    permit.close();
  }

  private void drained() {
    messages.resume();
    throttle();
  }

  /** Reads no more while the client does not read, or its emits are on their way. */
  private void throttle() {
    if (messages.hasTooManyEmits() || outgoing.isFull()) {
      socket.pause();
    } else {
      socket.resume();
    }
  }

  /** The server is going, or the client has sent a close frame. */
  private void shutdown() {
    var code = socket.closeStatusCode();
    close(code == null ? Closings.SERVER_GOES : Closings.answerTo(code));
  }

  /** The first reason counts. Vert.x calls the shutdown handler, which must close it, here too. */
  @Override
  public void close(WebSocketCloseStatus status) {
    if (closing == null) {
      closing = status;
      end();
      SocketGuard.endSoon(ctx);
    }
    socket.close((short) closing.code(), closing.reasonText()).onFailure(gone -> {});
  }

  private void receive(String text) {
    if (closing == null) {
      messages.receive(text);
      throttle();
    }
  }

  @Override
  public void emitEnded() {
    throttle();
  }

  @Override
  public boolean isFull() {
    return outgoing.isFull();
  }

  @Override
  public void send(SocketText message) {
    if (!socket.isClosed()) {
      outgoing.add(message.bytes(), socket.writeTextMessage(message.text()));
    }
  }
}
