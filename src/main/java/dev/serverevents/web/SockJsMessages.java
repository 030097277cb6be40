package dev.serverevents.web;

import dev.serverevents.EventStream;
import dev.serverevents.StreamEvent;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.json.Addresses;
import dev.serverevents.internal.json.JsonMessages;
import dev.serverevents.web.Access.Action;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one socket of SockJS, as Vert.x's own bridge to the event bus has them, but of
 * three addresses alone: {@link Addresses#ON}, {@link Addresses#EMIT} and {@link Addresses#STREAM}.
 * {@link SockJsRequests} does what they ask for.
 */
final class SockJsMessages {

  private static final String ADDRESS = "address";
  private static final String TYPE = "type";

  private final SockJsRequests requests;
  private final BiPredicate<Action, String> access;
  private final Function<Buffer, Future<Void>> socket;
  private final Runnable pinged;

  /** The addresses of those streams that are consumed. */
  private final Set<String> registered = new HashSet<>();

  /**
   * Serves a socket.
   *
   * @param access whether its user may do something with events of a name
   * @param socket sends a message; its Future completes when that is on its way to the client
   * @param pinged called for each ping
   */
  SockJsMessages(
      SockJsRequests requests,
      BiPredicate<Action, String> access,
      Function<Buffer, Future<Void>> socket,
      Runnable pinged) {
    this.requests = requests;
    this.access = access;
    this.socket = socket;
    this.pinged = pinged;
  }

  /** Does what a message says; the Future completes when the message is answered. */
  Future<?> handle(Buffer json) {
    var message = parse(json);
    if (message == null) {
      return error("invalid_json");
    }
    var type = message.getValue(TYPE);
    if ("ping".equals(type)) {
      pinged.run();
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
        || !access.test(action, String.valueOf(body.getValue("name")))) {
      return error("rejected");
    }
    var replyTo = message.getValue("replyAddress");
    return switch (address) {
      case Addresses.ON -> answer(replyTo, requests.on(replyTo, body));
      case Addresses.EMIT -> answer(replyTo, requests.emit(body, bytes));
      case Addresses.STREAM -> answer(replyTo, requests.stream(replyTo, body));
      default -> error("access_denied");
    };
  }

  /** A client that names no address for a reply is told of failures alone. */
  private Future<?> answer(@Nullable Object replyTo, Future<Buffer> result) {
    return result.transform(
        (body, cause) -> {
          var address = replyTo instanceof String text ? text : null;
          if (cause != null) {
            var ending = Problems.ending(cause);
            return socket.apply(address == null ? failed(ending) : failed(address, ending));
          }
          return address == null ? Future.succeededFuture() : deliver(address, body);
        });
  }

  private static Buffer failed(Ending ending) {
    return ending.explain(err(ending.detail())).toBuffer();
  }

  private static Buffer failed(String address, Ending ending) {
    var failed =
        new JsonObject()
            .put(TYPE, "err")
            .put(ADDRESS, address)
            .put("failureCode", ending.status())
            .put("failureType", "RECIPIENT_FAILURE")
            .put("message", ending.detail());
    return ending.explain(failed).toBuffer();
  }

  /** The events of a stream wait until its address is registered. */
  private Future<?> register(String address) {
    var held = requests.streamAt(address);
    if (held == null) {
      return error("access_denied");
    }
    if (!registered.add(address)) {
      return error("address_already_registered");
    }
    var stream = held.stream();
    return deliver(address, type("open"))
        .onSuccess(
            opened ->
                stream
                    .handler(event -> forward(address, stream, event))
                    .exceptionHandler(cause -> last(address, failed(cause)))
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

  private static Buffer failed(Throwable cause) {
    var ending = Problems.ending(cause);
    return JsonMessages.failed(ending, ending.detail()).toBuffer();
  }

  private Future<?> unregister(String address) {
    var held = requests.streamAt(address);
    if (held == null) {
      return error("access_denied");
    }
    forget(address);
    held.stream().close();
    return Future.succeededFuture();
  }

  private void forget(String address) {
    requests.forget(address);
    registered.remove(address);
  }

  private Future<Void> error(String what) {
    return socket.apply(err(what).toBuffer());
  }

  private static JsonObject err(String what) {
    return new JsonObject().put(TYPE, "err").put("body", what);
  }

  private Future<Void> deliver(String address, Buffer body) {
    var envelope = new JsonObject().put(TYPE, "rec").put(ADDRESS, address);
    return socket.apply(ExactJson.object(envelope, "body", body));
  }
}
