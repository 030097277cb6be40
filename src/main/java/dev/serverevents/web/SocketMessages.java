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
import dev.serverevents.internal.loop.Chores;
import dev.serverevents.web.Access.Action;
import dev.serverevents.web.Quotas.Client;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of one WebSocket ask for. Each is a JSON object, and each that comes may have a
 * {@code ref}, which its answer repeats:
 *
 * <ul>
 *   <li>{@code {"type":"subscribe","name","id","timeout"?,"retained"?,"follow"?, "requireWorker"?}}
 *       is answered by {@code subscribed} once it is heard; then {@code progress}, {@code result},
 *       {@code failure}, {@code gap} and {@code timeout} follow with its {@code name} and {@code
 *       id}
 *   <li>{@code {"type":"unsubscribe","name","id"}} is answered by {@code unsubscribed}
 *   <li>{@code {"type":"emit","name","id","args"?,"failure"?,"progress"?,"retain"?,
 *       "idempotencyKey"?}} is answered by {@code {"type":"emitted","receivers"}}
 * </ul>
 *
 * <p>What cannot be done is answered by {@code
 * {"type":"error","status","detail","cause","timeline"?}}, and disturbs nothing else.
 */
final class SocketMessages {

  /** How many events one socket may subscribe. */
  static final int MAX_SUBSCRIPTIONS = 1_000;

  private static final String MESSAGE = "message";

  /** How many emits may be unanswered before no more is read. */
  private static final int MAX_EMITS = 100;

  /** The socket on which the messages come and go. */
  interface Socket {
    /** Sends a message. */
    void send(SocketText message);

    /** Whether its client has so much to read that no more should be sent. */
    boolean isFull();

    /** An emit was answered, so that more may be read. */
    void emitEnded();

    /** Closes it. */
    void close(WebSocketCloseStatus status);
  }

  private record Subscription(String name, String id) {}

  private final Socket socket;
  private final ServerEvents events;
  private final Client client;
  private final BiPredicate<Action, String> access;
  private final SocketEvents texts;
  private final Map<Subscription, HeldStream> streams = new HashMap<>();
  private int emits;

  /**
   * Serves a socket of a client.
   *
   * @param access whether its user may do something with events of a name
   * @param texts what all sockets share
   */
  SocketMessages(
      Socket socket,
      ServerEvents events,
      Client client,
      BiPredicate<Action, String> access,
      SocketEvents texts) {
    this.socket = socket;
    this.events = events;
    this.client = client;
    this.access = access;
    this.texts = texts;
  }

  /** Does what a message says. */
  void receive(String text) {
    var message = new JsonObject();
    try {
      var json = Buffer.buffer(text);
      message = parse(text, json);
      handle(message, json);
    } catch (ServerEventsException refused) {
      send(SocketAnswers.failed(message, refused));
    }
  }

  /** Answers a message that is no text. */
  void receiveBinary() {
    var notText = new InvalidInputException(MESSAGE, "(binary)", "must be a JSON object as text");
    send(SocketAnswers.failed(new JsonObject(), notText));
  }

  /** Whether so many emits are unanswered that no more should be read. */
  boolean hasTooManyEmits() {
    return emits >= MAX_EMITS;
  }

  /** The client has read what was sent: its streams go on. */
  void resume() {
    List.copyOf(streams.values()).forEach(held -> held.stream().resume());
  }

  /** The client is gone: its streams end. */
  void cancel() {
    streams.values().forEach(held -> Chores.add(events.vertx(), held::cancel));
    streams.clear();
  }

  private static JsonObject parse(String text, Buffer json) {
    if (ExactJson.read(MESSAGE, json) instanceof JsonObject message) {
      return message;
    }
    throw new InvalidInputException(MESSAGE, text, "must be a JSON object");
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
      socket.close(Closings.tooMany(MAX_SUBSCRIPTIONS + " subscriptions"));
      return;
    }
    var held = HeldStream.open(client, events, message);
    streams.put(subscription, held);
    var stream = held.stream();
    stream
        .handler(event -> forward(stream, subscription, event))
        .endHandler(end -> remove(subscription, held))
        .exceptionHandler(cause -> failed(subscription, held, message, cause));
    stream
        .subscribed()
        .onSuccess(
            heard -> {
              send(SocketAnswers.of(message, "subscribed"));
              stream.resume();
            })
        .onFailure(cause -> stream.resume());
  }

  private void remove(Subscription subscription, HeldStream held) {
    streams.remove(subscription, held);
    held.permit().close();
  }

  private void failed(
      Subscription subscription, HeldStream held, JsonObject message, Throwable cause) {
    remove(subscription, held);
    send(
        cause instanceof EventTimeoutException timeout
            ? SocketAnswers.timedOut(subscription.name, subscription.id, timeout)
            : SocketAnswers.failed(message, cause));
  }

  private void unsubscribe(JsonObject message) {
    var held = streams.remove(subscription(message));
    if (held != null) {
      held.close();
    }
    send(SocketAnswers.of(message, "unsubscribed"));
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
              socket.emitEnded();
            })
        .onSuccess(
            receivers -> send(SocketAnswers.of(message, "emitted").put("receivers", receivers)))
        .onFailure(cause -> send(SocketAnswers.failed(message, cause)));
  }

  private boolean isPermitted(Action action, JsonObject message) {
    var permitted = access.test(action, String.valueOf(message.getValue("name")));
    if (!permitted) {
      socket.close(Closings.NAME_NOT_PERMITTED);
    }
    return permitted;
  }

  private static Subscription subscription(JsonObject message) {
    return new Subscription(
        String.valueOf(message.getValue("name")), String.valueOf(message.getValue("id")));
  }

  private void forward(EventStream stream, Subscription subscription, StreamEvent event) {
    socket.send(texts.of(subscription.name, subscription.id, event));
    if (socket.isFull()) {
      stream.pause();
    }
  }

  private void send(JsonObject message) {
    socket.send(SocketText.of(message.encode()));
  }
}
