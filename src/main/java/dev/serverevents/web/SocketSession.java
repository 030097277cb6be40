package dev.serverevents.web;

import dev.serverevents.EventArgs;
import dev.serverevents.EventStream;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.StreamEvent;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.json.JsonMessages;
import dev.serverevents.web.Access.Action;
import dev.serverevents.web.Quotas.Client;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket, over which many events are streamed and emitted. Each message is a JSON object,
 * and each that comes may have a {@code ref}, which its answer repeats:
 *
 * <ul>
 *   <li>{@code {"type":"subscribe","name","id","timeout"?,"retained"?,"follow"?}} is answered by
 *       {@code subscribed} once it is heard; then {@code progress}, {@code result}, {@code
 *       failure}, {@code gap} and {@code timeout} follow with its {@code name} and {@code id}
 *   <li>{@code {"type":"unsubscribe","name","id"}} is answered by {@code unsubscribed}
 *   <li>{@code {"type":"emit","name","id","args"?,"failure"?,"progress"?,"retain"?,
 *       "idempotencyKey"?}} is answered by {@code {"type":"emitted","receivers"}}
 * </ul>
 *
 * <p>What cannot be done is answered by {@code {"type":"error","status","detail"}}, and disturbs
 * nothing else. It is closed with 1001 when the server goes, 1008 for a name that is not permitted
 * or too many subscriptions, and without a close frame when it does not answer a ping.
 */
final class SocketSession {

  /** How many events one socket may subscribe. */
  static final int MAX_SUBSCRIPTIONS = 1_000;

  /** How many emits may be unanswered before no more is read. */
  private static final int MAX_EMITS = 100;

  private record Subscription(String name, String id) {
    JsonObject put(JsonObject message) {
      return message.put("name", name).put("id", id);
    }
  }

  private record Subscribed(EventStream stream, Permit permit) {}

  private final RoutingContext ctx;
  private final ServerWebSocket socket;
  private final ServerEvents events;
  private final RoutesOptions options;
  private final Vertx vertx;
  private final Client client;
  private final Permit permit;
  private final Map<Subscription, Subscribed> streams = new HashMap<>();
  private final Outgoing outgoing;
  private final long timer;
  private boolean alive = true;
  private @Nullable WebSocketCloseStatus closing;
  private int emits;

  private SocketSession(
      RoutingContext ctx,
      ServerWebSocket socket,
      ServerEvents events,
      RoutesOptions options,
      Client client,
      Permit permit) {
    this.ctx = ctx;
    this.socket = socket;
    this.events = events;
    this.options = options;
    this.client = client;
    this.permit = permit;
    vertx = events.vertx();
    outgoing =
        new Outgoing(vertx, () -> !socket.isClosed() && socket.writeQueueFull(), this::drained);
    timer = vertx.setPeriodic(options.getHeartbeat(), t -> beat());
  }

  /**
   * Serves a socket of a client until it is closed, and then closes its permit, too.
   *
   * @param ctx what asked for it
   */
  static void serve(
      RoutingContext ctx,
      ServerWebSocket socket,
      ServerEvents events,
      RoutesOptions options,
      Client client,
      Permit permit) {
    var session = new SocketSession(ctx, socket, events, options, client, permit);
    socket.pongHandler(pong -> session.alive = true);
    socket.textMessageHandler(session::receive);
    socket.binaryMessageHandler(binary -> session.fail(new JsonObject(), notText()));
    socket.drainHandler(drained -> session.outgoing.tellIfDrained());
    socket.closeHandler(closed -> session.end());
    socket.exceptionHandler(session::broken);
    // Vert.x says why only when it has called this
    socket.shutdownHandler(going -> session.vertx.runOnContext(told -> session.shutdown()));
  }

  private static InvalidInputException notText() {
    return new InvalidInputException("message", "(binary)", "must be a JSON object as text");
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

  /** Of frames that are wrong the {@link SocketGuard} takes care. */
  private void broken(Throwable cause) {
    if (cause instanceof IllegalStateException) {
      close(WebSocketCloseStatus.MESSAGE_TOO_BIG, "More than the server's maxWebSocketMessageSize");
    }
  }

  private void end() {
    vertx.cancelTimer(timer);
    for (var each : List.copyOf(streams.values())) {
      each.stream.cancel();
      each.permit.close();
    }
    streams.clear();
    permit.close();
  }

  private void drained() {
    List.copyOf(streams.values()).forEach(each -> each.stream.resume());
    throttle();
  }

  /** Reads no more while the client does not read, or its emits are on their way. */
  private void throttle() {
    if (emits >= MAX_EMITS || outgoing.isFull()) {
      socket.pause();
    } else {
      socket.resume();
    }
  }

  /** The server is going, or the client has sent a close frame, which is answered by the same. */
  private void shutdown() {
    var code = socket.closeStatusCode();
    if (code == null) {
      close(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "The server is going");
    } else {
      var isCode = WebSocketCloseStatus.isValidStatusCode(code);
      close(isCode ? WebSocketCloseStatus.valueOf(code) : WebSocketCloseStatus.NORMAL_CLOSURE, "");
    }
  }

  /** The first reason counts. Vert.x calls the shutdown handler, which must close it, here too. */
  private void close(WebSocketCloseStatus status, String reason) {
    if (closing == null) {
      closing = new WebSocketCloseStatus(status.code(), reason);
      end();
      SocketGuard.endSoon(ctx);
    }
    socket.close((short) closing.code(), closing.reasonText()).onFailure(gone -> {});
  }

  private void receive(String text) {
    if (closing != null) {
      return;
    }
    var message = new JsonObject();
    try {
      var json = Buffer.buffer(text);
      message = parse(text, json);
      handle(message, json);
    } catch (ServerEventsException refused) {
      fail(message, refused);
    }
    throttle();
  }

  private JsonObject parse(String text, Buffer json) {
    try {
      if (ExactJson.read(json) instanceof JsonObject message) {
        return message;
      }
    } catch (DecodeException malformed) {
      // refused below
    }
    throw new InvalidInputException("message", text, "must be a JSON object");
  }

  private void handle(JsonObject message, Buffer json) {
    var type = message.getValue("type");
    if ("subscribe".equals(type)) {
      subscribe(message);
    } else if ("unsubscribe".equals(type)) {
      unsubscribe(message);
    } else if ("emit".equals(type)) {
      emit(message, ExactJson.argsIn(json, "args"), json.length());
    } else {
      throw new InvalidInputException(
          "type", type, "must be \"subscribe\", \"unsubscribe\" or \"emit\"");
    }
  }

  private void subscribe(JsonObject message) {
    var subscription = subscription(message);
    if (!isPermitted(Action.WAIT, message)) {
      return;
    }
    if (streams.containsKey(subscription)) {
      throw new InvalidInputException("id", subscription.id, "must not be subscribed already");
    }
    if (streams.size() >= MAX_SUBSCRIPTIONS) {
      close(
          WebSocketCloseStatus.POLICY_VIOLATION, "At most " + MAX_SUBSCRIPTIONS + " subscriptions");
      return;
    }
    var subscribed =
        client.begin(
            Kind.STREAMS,
            taken -> new Subscribed(JsonMessages.stream(events, message).pause(), taken));
    streams.put(subscription, subscribed);
    var stream = subscribed.stream;
    stream
        .handler(event -> send(stream, subscription, event))
        .endHandler(end -> remove(subscription, subscribed))
        .exceptionHandler(cause -> failed(subscription, subscribed, message, cause));
    stream
        .subscribed()
        .onSuccess(
            heard -> {
              send(answer(message, "subscribed"));
              stream.resume();
            })
        .onFailure(cause -> stream.resume());
  }

  private void remove(Subscription subscription, Subscribed subscribed) {
    streams.remove(subscription, subscribed);
    subscribed.permit.close();
  }

  private void failed(
      Subscription subscription, Subscribed subscribed, JsonObject message, Throwable cause) {
    remove(subscription, subscribed);
    if (cause instanceof EventTimeoutException timeout) {
      send(
          subscription.put(
              new JsonObject().put("type", "timeout").put("waited", timeout.timeout())));
    } else {
      fail(message, cause);
    }
  }

  private void unsubscribe(JsonObject message) {
    var subscribed = streams.remove(subscription(message));
    if (subscribed != null) {
      subscribed.stream.close();
      subscribed.permit.close();
    }
    send(answer(message, "unsubscribed"));
  }

  private void emit(JsonObject message, @Nullable EventArgs args, int bytes) {
    if (!isPermitted(Action.EMIT, message)) {
      return;
    }
    client.emit(message, bytes);
    var emitted = JsonMessages.emit(events, message, args);
    emits++;
    emitted
        .onComplete(
            done -> {
              emits--;
              throttle();
            })
        .onSuccess(receivers -> send(answer(message, "emitted").put("receivers", receivers)))
        .onFailure(cause -> fail(message, cause));
  }

  private boolean isPermitted(Action action, JsonObject message) {
    var permitted =
        options.getAccess().permits(ctx.user(), action, String.valueOf(message.getValue("name")));
    if (!permitted) {
      close(WebSocketCloseStatus.POLICY_VIOLATION, "This name is not permitted");
    }
    return permitted;
  }

  private static Subscription subscription(JsonObject message) {
    return new Subscription(
        String.valueOf(message.getValue("name")), String.valueOf(message.getValue("id")));
  }

  private void fail(JsonObject message, Throwable cause) {
    var ending = Problems.ending(cause);
    send(answer(message, "error").put("status", ending.status()).put("detail", ending.detail()));
  }

  private static JsonObject answer(JsonObject message, String type) {
    var answer = new JsonObject().put("type", type);
    for (var field : new String[] {"ref", "name", "id"}) {
      if (message.containsKey(field)) {
        answer.put(field, message.getValue(field));
      }
    }
    return answer;
  }

  private void send(EventStream stream, Subscription subscription, StreamEvent event) {
    var args = event.args();
    if (args == null) {
      send(subscription.put(event.toJson()));
    } else {
      var type = new JsonObject().put("type", event.type());
      var key = subscription.put(new JsonObject());
      send(ExactJson.object(type, "args", args.toBuffer(), key).toString());
    }
    if (outgoing.isFull()) {
      stream.pause();
    }
  }

  private void send(JsonObject message) {
    send(message.encode());
  }

  private void send(String message) {
    if (!socket.isClosed()) {
      outgoing.add(ByteBufUtil.utf8Bytes(message), socket.writeTextMessage(message));
    }
  }
}
