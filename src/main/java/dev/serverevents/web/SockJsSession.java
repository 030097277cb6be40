package dev.serverevents.web;

import dev.serverevents.QuotaException;
import dev.serverevents.ServerEvents;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.web.Quotas.Client;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;

/**
 * One socket of SockJS, from its opening to its end; see {@link SockJsMessages} for what is said on
 * it. Its end ends all that it asked for, and it is sent no more than it reads.
 *
 * <p>It is closed when it is not pinged, with 1008 for more than {@value #MAX_PENDING} messages
 * that are not answered yet, streams included, with 1009 for a message that is too big, and with
 * 1013 for one socket more than {@link Quotas} permit, or if its client is too far behind.
 */
final class SockJsSession {

  /** How many messages one socket may have unanswered, together with its streams. */
  static final int MAX_PENDING = SocketMessages.MAX_SUBSCRIPTIONS;

  /** Within how many ms there must be a ping: clients send one every 5 s by default. */
  private static final long PING_MS = 10_000;

  private final SockJSSocket socket;
  private final Clock clock;
  private final long maxBytes;
  private final Permit permit;
  private final SockJsRequests requests;
  private final SockJsMessages messages;
  private final Outgoing outgoing;
  private final long timer;
  private boolean alive = true;
  private boolean ended;
  private int pending;

  private SockJsSession(
      SockJSSocket socket,
      ServerEvents events,
      RoutesOptions options,
      Client client,
      Permit permit) {
    this.socket = socket;
    this.permit = permit;
    maxBytes = options.getMaxBody();
    requests = new SockJsRequests(events, client, options.getMaxWait());
    messages =
        new SockJsMessages(
            requests,
            (action, name) -> options.getAccess().permits(socket.webUser(), action, name),
            this::write,
            () -> alive = true);
    outgoing = new Outgoing(events.vertx(), () -> false, () -> {});
    clock = Clocks.of(events.vertx());
    timer = clock.setPeriodic(events.vertx().getOrCreateContext(), PING_MS, t -> beat());
  }

  /** Serves a socket until it is closed, if its client may have one more. */
  static void serve(
      SockJSSocket socket, ServerEvents events, RoutesOptions options, Quotas quotas) {
    var client = quotas.client(socket.webUser(), socket.remoteAddress());
    Permit permit;
    try {
      permit = client.enter(Kind.STREAMS, 1);
    } catch (QuotaException refused) {
      var ending = Problems.ending(refused);
      socket.close(ending.closeStatus().code(), ending.detail());
      SocketGuard.endSoon(socket.routingContext());
      return;
    }
    var session = new SockJsSession(socket, events, options, client, permit);
    socket
        .handler(session::receive)
        .closeHandler(closed -> session.end())
        .exceptionHandler(session::broken);
  }

  private void beat() {
    if (!alive) {
      close(Closings.NO_PING);
    }
    alive = false;
  }

  /** The {@link SocketGuard} takes care of frames that are wrong. */
  private void broken(Throwable cause) {
    end();
    if (cause instanceof IllegalStateException) {
      SocketGuard.tooBig(socket.routingContext());
    }
  }

  private void close(WebSocketCloseStatus status) {
    end();
    socket.close(status.code(), status.reasonText());
  }

  private void end() {
    if (!ended) {
      SocketGuard.endSoon(socket.routingContext()); // SockJS may have closed it, too
    }
    ended = true;
    clock.cancel(timer);
    requests.cancel();
    permit.close();
    outgoing.close();
  }

  private void receive(Buffer message) {
    if (ended) {
      return;
    }
    if (message.length() > maxBytes) {
      close(Closings.tooBig(maxBytes));
    } else if (pending + requests.streams() >= MAX_PENDING) {
      close(Closings.tooMany(MAX_PENDING + " at once"));
    } else {
      pending++;
      messages.handle(message).onComplete(answered -> pending--);
    }
  }

  /** Completes when the message is on its way to the client. */
  private Future<Void> write(Buffer message) {
    if (ended) {
      return Future.failedFuture("The socket is closed");
    }
    var written = socket.write(message);
    outgoing.add(message.length(), written);
    if (outgoing.isFull()) { // what answers messages cannot be held back
      close(Closings.TOO_SLOW);
    }
    return written;
  }
}
