package dev.serverevents.web;

import dev.serverevents.EventStream;
import io.vertx.core.Vertx;
import io.vertx.ext.web.handler.sockjs.BridgeEvent;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.HashMap;
import java.util.Map;

/**
 * What is written to the clients of the SockJS bridge and has not left. The bridge does not look
 * whether a client reads, and the event bus cannot be held back, so that the socket of one that is
 * too far behind is closed.
 */
final class SockJsReaders {

  private final Vertx vertx;
  private final Map<SockJSSocket, Outgoing> sockets = new HashMap<>();

  SockJsReaders(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Writes a message for a client, in the place of the bridge, which is to be told so. */
  void write(BridgeEvent message) {
    var socket = message.socket();
    var json = message.getRawMessage().toBuffer();
    var outgoing = sockets.computeIfAbsent(socket, s -> new Outgoing(vertx, () -> false, () -> {}));
    outgoing.add(json.length(), socket.write(json));
    if (outgoing.bytes() > EventStream.MAX_BYTES || outgoing.isFull()) {
      socket.close();
    }
  }

  /** Forgets a socket. */
  void closed(SockJSSocket socket) {
    var outgoing = sockets.remove(socket);
    if (outgoing != null) {
      outgoing.close();
    }
  }
}
