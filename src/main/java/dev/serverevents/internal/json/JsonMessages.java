package dev.serverevents.internal.json;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventStream;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.StreamOptions;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.wire.WireFormat;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Does what a JSON message says that came on the event bus, over HTTP or on a socket. A message
 * that is wrong throws {@link InvalidInputException}.
 */
public final class JsonMessages {

  private JsonMessages() {}

  /**
   * Emits: {@code {"name","id","args"?,"retain"?,"idempotencyKey"?}}, or with {@code
   * "failure":{"code","message","detail"?}} for the arguments; with {@code "progress":true} it is
   * progress, with {@code "replyTo"} a direct reply.
   */
  public static Future<Integer> emit(ServerEvents events, JsonObject message) {
    return emit(events, message, null);
  }

  /** Emits, too; {@code raw}, unless it is null, stands for the message's {@code args}. */
  public static Future<Integer> emit(
      ServerEvents events, JsonObject message, @Nullable EventArgs raw) {
    checkTogether(message);
    var options = options(message);
    var name = message.getValue("name");
    var id = message.getValue("id");
    var args = args(message, raw);
    if (Fields.flag("progress", message.getValue("progress"))) {
      if (!options.equals(EmitOptions.DEFAULT)) {
        throw new InvalidInputException(
            "progress", true, "must not be with retain or idempotencyKey: it is never kept");
      }
      return events.emitProgress(name, id, args);
    }
    return message.containsKey("replyTo")
        ? events.reply(
            options, Fields.string("replyTo", message.getValue("replyTo")), name, id, args)
        : events.emit(options, name, id, args);
  }

  /** One of both would be passed over in silence. */
  private static void checkTogether(JsonObject message) {
    if (message.containsKey("failure")) {
      var args = message.getValue("args");
      if (args != null) {
        throw new InvalidInputException("args", args, "must not be with failure");
      }
      if (Fields.flag("progress", message.getValue("progress"))) {
        throw new InvalidInputException("progress", true, "must not be with failure");
      }
    }
  }

  /** Without a {@code retain} in ms the event is not kept. */
  private static EmitOptions options(JsonObject message) {
    var retain = message.getValue("retain");
    var key = message.getValue("idempotencyKey");
    var options =
        retain == null
            ? EmitOptions.DEFAULT
            : new EmitOptions(Fields.integer("retain", retain, 1, EmitOptions.MAX_RETAIN), null);
    return options.idempotencyKey(key == null ? null : Fields.string("idempotencyKey", key));
  }

  /** Opens a stream: {@code {"name","id","timeout"?,"retained"?,"follow"?}}. */
  public static EventStream stream(ServerEvents events, JsonObject message) {
    var timeout = message.getValue("timeout");
    var options =
        StreamOptions.DEFAULT
            .retained(Fields.flag("retained", message.getValue("retained")))
            .follow(Fields.flag("follow", message.getValue("follow")))
            .requireWorker(Fields.flag("requireWorker", message.getValue("requireWorker")));
    return events.stream(
        message.getValue("name"),
        message.getValue("id"),
        timeout == null
            ? options
            : options.timeout(ServerEventsOptions.timeout("timeout", timeout)));
  }

  /** The last message of a stream that has failed, with words for the one that reads it. */
  public static JsonObject failed(Ending ending, @Nullable String words) {
    var last =
        new JsonObject()
            .put("type", ending.type())
            .put("status", ending.status())
            .put("message", words);
    return ending.explain(last);
  }

  private static @Nullable Object[] args(JsonObject message, @Nullable EventArgs raw) {
    if (!message.containsKey("failure")) {
      if (raw != null) {
        return new Object[] {raw};
      }
      return Fields.array("args", message.getValue("args")).getList().toArray();
    }
    var failure = Fields.object("failure", message.getValue("failure"));
    return new Object[] {
      WireFormat.failure(
          (int) Fields.integer("failure.code", failure.getValue("code"), 0, Integer.MAX_VALUE),
          Fields.string("failure.message", failure.getValue("message")),
          failure.getValue("detail"))
    };
  }
}
