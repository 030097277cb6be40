package dev.serverevents.web;

import dev.serverevents.EventArgs;
import dev.serverevents.EventStream;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.StreamEvent;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.json.Addresses;
import dev.serverevents.internal.json.JsonMessages;
import dev.serverevents.web.Access.Action;
import dev.serverevents.web.Quotas.Client;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One socket of SockJS. It speaks as Vert.x's own bridge to the event bus does, for that one's
 * clients, but of three addresses alone, {@link Addresses#ON}, {@link Addresses#EMIT} and {@link
 * Addresses#STREAM}, and what is sent there it does by itself: so its end ends all that it asked
 * for, and it is sent no more than it reads. A wait or a stream may name a timeout of at most
 * {@link RoutesOptions#getMaxWait()}; a stream that follows and names none lasts as long as its
 * socket.
 *
 * <p>It is closed when it is not pinged, with 1008 for more than {@value #MAX_PENDING} messages
 * that are not answered yet, streams included, with 1009 for a message that is too big, and with
 * 1013 for one socket more than {@link Quotas} permit, or if its client is too far behind.
 */
final class SockJsSession {

  /** How many messages one socket may have unanswered, together with its streams. */
  static final int MAX_PENDING = SocketSession.MAX_SUBSCRIPTIONS;

  /** Within how many ms there must be a ping: clients send one every 5 s by default. */
  private static final long PING_MS = 10_000;

  private static final String ADDRESS = "address";
  private static final String TYPE = "type";

  /** A stream, and what it takes of what its client may have. */
  private record Streamed(EventStream stream, Permit permit) {}

  private final SockJSSocket socket;
  private final ServerEvents events;
  private final RoutesOptions options;
  private final Client client;
  private final Permit permit;
  private final Outgoing outgoing;
  private final Set<EventWait> waits = new HashSet<>();
  private final Map<String, Streamed> streams = new HashMap<>();

  /** The addresses of those streams that are consumed. */
  private final Set<String> registered = new HashSet<>();

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
    this.events = events;
    this.options = options;
    this.client = client;
    this.permit = permit;
    outgoing = new Outgoing(events.vertx(), () -> false, () -> {});
    timer = events.vertx().setPeriodic(PING_MS, t -> beat());
  }

  /** Serves a socket until it is closed, if its client may have one more. */
  static void serve(
      SockJSSocket socket, ServerEvents events, RoutesOptions options, Quotas quotas) {
    var client = quotas.client(socket.webUser(), socket.remoteAddress());
    Permit permit;
    try {
      permit = client.enter(Kind.STREAMS, 1);
    } catch (ServerEventsException refused) {
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
      close(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "No ping came");
    }
    alive = false;
  }

  /** Of frames that are wrong the {@link SocketGuard} takes care. */
  private void broken(Throwable cause) {
    end();
    if (cause instanceof IllegalStateException) {
      SocketGuard.tooBig(socket.routingContext());
    }
  }

  private void close(WebSocketCloseStatus status, String reason) {
    end();
    socket.close(status.code(), reason);
    SocketGuard.endSoon(socket.routingContext());
  }

  private void end() {
    ended = true;
    events.vertx().cancelTimer(timer);
    List.copyOf(waits).forEach(EventWait::cancel);
    for (var streamed : List.copyOf(streams.values())) {
      streamed.stream.cancel();
      streamed.permit.close();
    }
    streams.clear();
    permit.close();
    outgoing.close();
  }

  private void receive(Buffer message) {
    if (ended) {
      return;
    }
    if (message.length() > options.getMaxBody()) {
      close(WebSocketCloseStatus.MESSAGE_TOO_BIG, "At most " + options.getMaxBody() + " bytes");
    } else if (pending + streams.size() >= MAX_PENDING) {
      close(WebSocketCloseStatus.POLICY_VIOLATION, "At most " + MAX_PENDING + " at once");
    } else {
      pending++;
      handle(message).onComplete(answered -> pending--);
    }
  }

  private Future<?> handle(Buffer json) {
    var message = parse(json);
    if (message == null) {
      return error("invalid_json");
    }
    var type = message.getValue(TYPE);
    if ("ping".equals(type)) {
      alive = true;
      return Future.succeededFuture();
    }
    if (!(message.getValue(ADDRESS) instanceof String address)) {
      return error("missing_address");
    }
    return switch (String.valueOf(type)) {
      case "send" -> send(address, message, json.length());
      case "register" -> register(address);
      case "unregister" -> unregister(address);
      case "publish" -> error("rejected");
      default -> error("invalid_type");
    };
  }

  private static @Nullable JsonObject parse(Buffer json) {
    try {
      return ExactJson.read(json) instanceof JsonObject message ? message : null;
    } catch (DecodeException malformed) {
      return null;
    }
  }

  /** A hand-over would have this server send a message to any address of the client's choice. */
  private Future<?> send(String address, JsonObject message, int bytes) {
    var action = Addresses.EMIT.equals(address) ? Action.EMIT : Action.WAIT;
    if (!(message.getValue("body") instanceof JsonObject body)
        || body.containsKey("handOver")
        || !isPermitted(action, body)) {
      return error("rejected");
    }
    var replyTo = message.getValue("replyAddress");
    return switch (address) {
      case Addresses.ON -> answer(replyTo, on(replyTo, body));
      case Addresses.EMIT -> answer(replyTo, emit(body, bytes));
      case Addresses.STREAM -> answer(replyTo, stream(replyTo, body));
      default -> error("access_denied");
    };
  }

  private boolean isPermitted(Action action, JsonObject body) {
    var name = String.valueOf(body.getValue("name"));
    return options.getAccess().permits(socket.webUser(), action, name);
  }

  private Future<Buffer> on(@Nullable Object replyTo, JsonObject body) {
    return Future.succeededFuture(body)
        .map(
            asked -> {
              Fields.string("replyAddress", replyTo);
              var retained = Fields.flag("retained", asked.getValue("retained"));
              return WaitOptions.DEFAULT.retained(retained).timeout(timeout(asked));
            })
        .compose(how -> client.begin(Kind.WAITS, taken -> on(body, how, taken)))
        .map(args -> args.toBuffer());
  }

  private Future<EventArgs> on(JsonObject body, WaitOptions how, Permit taken) {
    var wait = events.listen(body.getValue("name"), body.getValue("id"), how);
    waits.add(wait);
    return wait.future()
        .onComplete(
            over -> {
              waits.remove(wait);
              taken.close();
            });
  }

  private long timeout(JsonObject asked) {
    var max = options.getMaxWait();
    var byDefault = Math.min(events.timeout(), max);
    return Fields.integer("timeout", asked.getValue("timeout", byDefault), 1, max);
  }

  private Future<Buffer> emit(JsonObject body, int bytes) {
    return Future.succeededFuture(body)
        .compose(
            message -> {
              client.emit(message, bytes);
              return JsonMessages.emit(events, message);
            })
        .map(receivers -> new JsonObject().put("receivers", receivers).toBuffer());
  }

  /** Its events wait until the address that it is given is registered. */
  private Future<Buffer> stream(@Nullable Object replyTo, JsonObject body) {
    return Future.succeededFuture(body)
        .map(
            asked -> {
              Fields.string("replyAddress", replyTo);
              var endless = asked.getValue("timeout") == null && isFollowing(asked);
              return endless ? asked : asked.copy().put("timeout", timeout(asked));
            })
        .map(
            message ->
                client.begin(
                    Kind.STREAMS,
                    taken -> new Streamed(JsonMessages.stream(events, message).pause(), taken)))
        .compose(
            streamed -> {
              var address = Addresses.STREAM + "." + UUID.randomUUID();
              streams.put(address, streamed);
              return streamed
                  .stream
                  .subscribed()
                  .map(heard -> new JsonObject().put(ADDRESS, address).toBuffer())
                  .onFailure(cause -> forget(address));
            });
  }

  private static boolean isFollowing(JsonObject asked) {
    return Fields.flag("follow", asked.getValue("follow"));
  }

  private Future<?> register(String address) {
    var streamed = streams.get(address);
    if (streamed == null) {
      return error("access_denied");
    }
    var stream = streamed.stream;
    if (!registered.add(address)) {
      return error("address_already_registered");
    }
    return deliver(address, type("open"))
        .onSuccess(
            opened ->
                stream
                    .handler(event -> forward(address, stream, event))
                    .exceptionHandler(cause -> last(address, failure(cause)))
                    .endHandler(end -> last(address, type("end")))
                    .fetch(1));
  }

  private void forward(String address, EventStream stream, StreamEvent event) {
    var args = event.args();
    var body =
        args == null
            ? event.toJson().toBuffer()
            : ExactJson.object(new JsonObject().put(TYPE, event.type()), "args", args.toBuffer());
    deliver(address, body).onSuccess(written -> stream.fetch(1));
  }

  private void last(String address, Buffer body) {
    deliver(address, body);
    forget(address);
  }

  private static Buffer type(String type) {
    return new JsonObject().put(TYPE, type).toBuffer();
  }

  private static Buffer failure(Throwable cause) {
    var ending = Problems.ending(cause);
    return JsonMessages.failed(ending, ending.detail()).toBuffer();
  }

  private Future<?> unregister(String address) {
    var streamed = streams.get(address);
    if (streamed == null) {
      return error("access_denied");
    }
    forget(address);
    streamed.stream.close();
    return Future.succeededFuture();
  }

  private void forget(String address) {
    var streamed = streams.remove(address);
    if (streamed != null) {
      streamed.permit.close();
    }
    registered.remove(address);
  }

  /** Who names no address for a reply hears of failures alone. */
  private Future<?> answer(@Nullable Object replyTo, Future<Buffer> result) {
    return result.transform(
        (body, cause) -> {
          var address = replyTo instanceof String text ? text : null;
          if (cause != null) {
            var ending = Problems.ending(cause);
            return address == null ? error(ending.detail()) : write(failed(address, ending));
          }
          return address == null ? Future.succeededFuture() : deliver(address, body);
        });
  }

  private static Buffer failed(String address, Ending ending) {
    return new JsonObject()
        .put(TYPE, "err")
        .put(ADDRESS, address)
        .put("failureCode", ending.status())
        .put("failureType", "RECIPIENT_FAILURE")
        .put("message", ending.detail())
        .toBuffer();
  }

  private Future<Void> error(String what) {
    return write(new JsonObject().put(TYPE, "err").put("body", what).toBuffer());
  }

  private Future<Void> deliver(String address, Buffer body) {
    var envelope = new JsonObject().put(TYPE, "rec").put(ADDRESS, address);
    return write(ExactJson.object(envelope, "body", body));
  }

  /** Completes when it is on its way to the client. */
  private Future<Void> write(Buffer message) {
    if (ended) {
      return Future.failedFuture("The socket is closed");
    }
    var written = socket.write(message);
    outgoing.add(message.length(), written);
    if (outgoing.isFull()) { // what answers messages cannot be held back
      close(WebSocketCloseStatus.TRY_AGAIN_LATER, "The client is too slow, as others are");
    }
    return written;
  }
}
