package dev.serverevents.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.JsonValues;
import dev.serverevents.internal.Utf8;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payloads that go over Redis. The payload of an event is one UTF-8 JSON array, {@code [name,
 * id, arg1, arg2, ...]}; a failure is an event whose one argument is {@code {"$failure": {"code",
 * "message", "detail"}}}.
 */
public final class WireFormat {

  private static final String FAILURE = "$failure";

  /** Payloads of up to so many bytes are parsed at once, which costs hardly more than a scan. */
  private static final int PARSED_AT_ONCE = 1 << 10;

  private WireFormat() {}

  /**
   * A decoded payload.
   *
   * @param failure the failure that it is, or null
   */
  public record Payload(EventKey key, EventArgs args, @Nullable EventFailureException failure) {

    /** Creates a payload that is no failure. */
    public Payload(EventKey key, EventArgs args) {
      this(key, args, null);
    }

    /** Tells whether another one has the same bytes. */
    boolean isSameAs(Payload other) {
      return key.equals(other.key) && args.toBuffer().equals(other.args.toBuffer());
    }
  }

  /** The one argument of an event that says that its job failed. */
  public static JsonObject failure(int code, String message, @Nullable Object detail) {
    var failure = new JsonObject().put("code", code).put("message", message).put("detail", detail);
    return new JsonObject().put(FAILURE, failure);
  }

  /**
   * Encodes an event; name and id have been checked.
   *
   * @param args anything that can be written as JSON; {@link EventArgs} in their place are passed
   *     on as the bytes that they are
   * @throws InvalidInputException if an argument cannot be written as JSON
   */
  public static Buffer encode(Object name, Object id, @Nullable Object... args) {
    if (args.length == 1 && args[0] instanceof EventArgs raw) {
      return encode(name, id, ExactJson.args("args", raw.toBuffer()));
    }
    return JsonValues.array(List.of(name, id), args);
  }

  private static Buffer encode(Object name, Object id, EventArgs args) {
    var key = encode(name, id);
    var array = args.toBuffer();
    return isEmpty(array)
        ? key
        : key.setByte(key.length() - 1, (byte) ',').appendBuffer(array, 1, array.length() - 1);
  }

  /** Tells whether a well-formed array has no elements: only white space may be between. */
  private static boolean isEmpty(Buffer array) {
    var i = 1;
    while (Character.isWhitespace(array.getByte(i))) {
      i++;
    }
    return array.getByte(i) == ']';
  }

  /**
   * Decodes a payload that anybody may have published. The arguments stay the bytes that they are.
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
    if (!Utf8.is(bytes)) {
      throw new MalformedPayloadException("json", "it is not UTF-8");
    }
    try (var parser = JsonValues.FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new MalformedPayloadException("shape", "it is not a JSON array");
      }
      var key = new EventKey(text(parser, "name"), text(parser, "id"));
      return args(parser, key, bytes);
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
  private static Payload args(JsonParser parser, EventKey key, byte[] bytes)
      throws IOException, MalformedPayloadException {
    parser.nextToken();
    var start = (int) parser.currentTokenLocation().getByteOffset();
    if (start < 0) {
      throw new MalformedPayloadException(
          "json", "it is not UTF-8"); // Jackson guessed UTF-16 or 32
    }
    var isFailure = false;
    var parsed = bytes.length <= PARSED_AT_ONCE ? new ArrayList<@Nullable Object>() : null;
    for (var count = 1; parser.currentToken() != JsonToken.END_ARRAY; count++) {
      if (parsed != null) {
        parsed.add(JsonValues.value(parser));
      } else {
        isFailure = skip(parser) && count == 1;
      }
      parser.nextToken();
    }
    var end = (int) parser.currentLocation().getByteOffset();
    if (parser.nextToken() != null) {
      throw new MalformedPayloadException("json", "something follows the array");
    }
    bytes[start - 1] = '['; // was the comma, or white space, or the end of the id
    var json = Buffer.buffer(bytes).slice(start - 1, end);
    var args = EventArgs.ofJson(json, parsed == null ? null : Collections.unmodifiableList(parsed));
    var mayFail = isFailure || (parsed != null && parsed.size() == 1);
    return new Payload(key, args, mayFail ? failure(key, args) : null);
  }

  /** Passes an argument over, and tells whether it is an object with the field of a failure. */
  private static boolean skip(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return false;
    }
    var isFailure = false;
    for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      isFailure |= parser.nextToken() == JsonToken.START_OBJECT && name.equals(FAILURE);
      parser.skipChildren();
    }
    return isFailure;
  }

  private static @Nullable EventFailureException failure(EventKey key, EventArgs args)
      throws MalformedPayloadException {
    if (!(args.get(0) instanceof JsonObject only
        && only.getValue(FAILURE) instanceof JsonObject failure)) {
      return null;
    }
    var code = failure.getValue("code", 0);
    if (!(code instanceof Integer status)) {
      throw new MalformedPayloadException(
          "failure", "its code is %s, not a 32-bit integer".formatted(code));
    }
    return new EventFailureException(
        key.name(),
        key.id(),
        status,
        failure.getValue("message") instanceof String message ? message : "The job failed",
        failure.getValue("detail"));
  }
}
