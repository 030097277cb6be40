package dev.serverevents.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventKey;
import dev.serverevents.InvalidInputException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.DatabindCodec;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * What goes over Redis. The payload of an event is one UTF-8 JSON array, {@code [name, id, arg1,
 * arg2, ...]}; a failure is an event whose one argument is {@code {"$failure": {"code", "message",
 * "detail"}}}.
 */
public final class WireFormat {

  private static final String FAILURE = "$failure";
  private static final String INBOX = "$inbox:";
  private static final String PROGRESS = "$progress:";

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private WireFormat() {}

  /** A decoded payload. */
  public record Payload(EventKey key, EventArgs args) {

    /** The failure that it is, or null. */
    public @Nullable EventFailureException failure() {
      return args.size() == 1
              && args.get(0) instanceof JsonObject only
              && only.getValue(FAILURE) instanceof JsonObject failure
          ? new EventFailureException(
              key.name(),
              key.id(),
              failure.getValue("code") instanceof Number code ? code.intValue() : 0,
              failure.getValue("message") instanceof String message ? message : "The job failed",
              failure.getValue("detail"))
          : null;
    }
  }

  /** The channel of the progress of an event's job, beside the event's own. */
  public static String progress(EventKey key) {
    return PROGRESS + key.channel();
  }

  /** The channel on which a server hears what is meant for it alone. */
  public static String inbox(String serverId) {
    return INBOX + serverId;
  }

  /**
   * Checks a channel that a wait handed out for its reply.
   *
   * @throws InvalidInputException if it is no inbox
   */
  public static String checkInbox(String field, @Nullable Object value) {
    if (value instanceof String inbox
        && inbox.startsWith(INBOX)
        && inbox.length() <= EventKey.MAX_BYTES) {
      return inbox;
    }
    throw new InvalidInputException(
        field, value, "must be a wait's replyTo, which begins with \"" + INBOX + "\"");
  }

  /** The key of an event that is kept for a time; its slot on a Redis Cluster is the channel's. */
  static String retainedKey(String channel) {
    return "$retained:{" + channel + "}";
  }

  /** The key of what became of an emit; its slot is that of what is kept with it. */
  static String idempotencyKey(String channel, String key) {
    return "$idempotency:{" + channel + "}:" + key;
  }

  /** The one argument of an event that says that its job failed. */
  public static JsonObject failure(int code, String message, @Nullable Object detail) {
    var failure = new JsonObject().put("code", code).put("message", message).put("detail", detail);
    return new JsonObject().put(FAILURE, failure);
  }

  /**
   * Encodes an event; name and id have been checked.
   *
   * @throws InvalidInputException if an argument cannot be written as JSON
   */
  public static Buffer encode(Object name, Object id, @Nullable Object... args) {
    // The Node package does not escape what lies beyond the basic plane
    var writer =
        DatabindCodec.mapper().writer().with(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8);
    var array = new ArrayList<@Nullable Object>(args.length + 2);
    Collections.addAll(array, name, id);
    Collections.addAll(array, args);
    try {
      return Buffer.buffer(writer.writeValueAsBytes(array));
    } catch (JsonProcessingException cause) {
      throw new InvalidInputException(
          "args", Arrays.toString(args), "must be what can be written as JSON: " + cause);
    }
  }

  /**
   * Decodes a payload that anybody may have published.
   *
   * @throws MalformedPayloadException if it is not an array that begins with two strings or
   *     numbers, or has more than {@code maxBytes} bytes
   */
  public static Payload decode(Buffer payload, int maxBytes) throws MalformedPayloadException {
    if (payload.length() > maxBytes) {
      throw new MalformedPayloadException(
          "size", "it has %d bytes, more than limits.payloadIn".formatted(payload.length()));
    }
    var bytes = payload.getBytes();
    try (var parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new MalformedPayloadException("shape", "it is not a JSON array");
      }
      var key = new EventKey(text(parser, "name"), text(parser, "id"));
      return new Payload(key, args(parser, bytes));
    } catch (IOException | DecodeException malformed) {
      throw new MalformedPayloadException("json", malformed.toString());
    }
  }

  private static String text(JsonParser parser, String field)
      throws IOException, MalformedPayloadException {
    var token = parser.nextToken();
    if (token == JsonToken.VALUE_STRING
        || token == JsonToken.VALUE_NUMBER_INT
        || token == JsonToken.VALUE_NUMBER_FLOAT) {
      return parser.getText();
    }
    throw new MalformedPayloadException(
        "shape", "its " + field + " is neither a string nor a number");
  }

  /** Reads on to the end; the arguments' JSON is what follows the id. */
  private static EventArgs args(JsonParser parser, byte[] bytes)
      throws IOException, MalformedPayloadException {
    parser.nextToken();
    var start = (int) parser.currentTokenLocation().getByteOffset();
    if (start < 0) {
      throw new MalformedPayloadException(
          "json", "it is not UTF-8"); // Jackson guessed UTF-16 or 32
    }
    var args = new ArrayList<@Nullable Object>();
    while (parser.currentToken() != JsonToken.END_ARRAY) {
      args.add(JacksonCodec.parseValue(parser));
      parser.nextToken();
    }
    var end = (int) parser.currentLocation().getByteOffset();
    if (parser.nextToken() != null) {
      throw new MalformedPayloadException("json", "something follows the array");
    }
    bytes[start - 1] = '['; // was the comma, or white space, or the end of the id
    return EventArgs.ofJson(Buffer.buffer(bytes).slice(start - 1, end), new JsonArray(args));
  }
}
