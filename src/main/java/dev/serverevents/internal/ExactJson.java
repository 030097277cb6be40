package dev.serverevents.internal;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON without loss: arguments are passed on as the bytes that they are, and where they are read,
 * {@link JsonValues} does it.
 */
public final class ExactJson {

  private ExactJson() {}

  /** See {@link JsonValues#read}. */
  public static @Nullable Object read(Buffer json) {
    return JsonValues.read(json);
  }

  /**
   * The same of what a client sent.
   *
   * @throws InvalidInputException if it is not one value of JSON in UTF-8, or is beyond a limit
   */
  public static @Nullable Object read(String field, Buffer json) {
    try {
      return read(json);
    } catch (DecodeException malformed) {
      throw notJson(field, json, malformed.getCause());
    }
  }

  /**
   * Takes what a client sent as arguments, unchanged but for white space between tokens: a JSON
   * array of them, or any other JSON value as the only one.
   *
   * @throws InvalidInputException if it is not JSON in UTF-8, or is beyond a limit
   */
  public static EventArgs args(String field, Buffer json) {
    var bytes = json.getBytes();
    try (var parser = JsonValues.FACTORY.createParser(bytes)) {
      var isArray = parser.nextToken() == JsonToken.START_ARRAY;
      var start = (int) parser.currentTokenLocation().getByteOffset();
      if (parser.currentToken() == null || start < 0 || !Utf8.is(bytes)) { // or UTF-16, or 32
        throw new IOException("not a value in UTF-8");
      }
      parser.skipChildren();
      parser.finishToken();
      var end = (int) parser.currentLocation().getByteOffset();
      if (parser.nextToken() != null) {
        throw new IOException("something follows the value");
      }
      var value = compact(json.slice(start, end));
      return EventArgs.ofJson(
          isArray ? value : Buffer.buffer("[").appendBuffer(value).appendString("]"));
    } catch (IOException malformed) {
      throw notJson(field, json, malformed);
    }
  }

  /**
   * Finds the array of arguments that a JSON object has in a field, unchanged.
   *
   * @param json a well-formed object
   * @return it, or null if there is no array in that field
   */
  public static @Nullable EventArgs argsIn(Buffer json, String field) {
    var found = (EventArgs) null;
    try (var parser = JsonValues.FACTORY.createParser(json.getBytes())) {
      parser.nextToken();
      for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        var isArray = parser.nextToken() == JsonToken.START_ARRAY;
        var start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        if (name.equals(field)) {
          var end = (int) parser.currentLocation().getByteOffset();
          found = isArray ? EventArgs.ofJson(json.slice(start, end)) : null;
        }
      }
      return found;
    } catch (IOException malformed) {
      throw new DecodeException(malformed.getMessage(), malformed);
    }
  }

  /** The same without white space between tokens. */
  private static Buffer compact(Buffer json) {
    var compact = Buffer.buffer(json.length());
    var isText = false;
    for (var i = 0; i < json.length(); i++) {
      var octet = json.getByte(i);
      if (isText || octet > ' ' || octet < 0) {
        compact.appendByte(octet);
      }
      if (isText && octet == '\\') {
        compact.appendByte(json.getByte(++i));
      } else if (octet == '"') {
        isText = !isText;
      }
    }
    return compact;
  }

  /** Writes a JSON object in which a field, whose value is JSON already, follows some others. */
  public static Buffer object(JsonObject first, String field, Buffer json) {
    return object(first, field, json, new JsonObject());
  }

  /** The same with others after it. */
  public static Buffer object(JsonObject first, String field, Buffer json, JsonObject rest) {
    var before = first.toBuffer();
    var after = rest.toBuffer();
    return Buffer.buffer(before.length() + json.length() + after.length() + field.length() + 4)
        .appendBuffer(before, 0, before.length() - 1)
        .appendString(first.isEmpty() ? "\"" : ",\"")
        .appendString(field)
        .appendString("\":")
        .appendBuffer(json)
        .appendString(rest.isEmpty() ? "" : ",")
        .appendBuffer(after, 1, after.length() - 1);
  }

  /** Writes a JSON object of fields whose values are JSON already. */
  public static Buffer object(Map<String, Buffer> fields) {
    var all = Buffer.buffer("{");
    fields.forEach(
        (name, json) ->
            all.appendString(all.length() == 1 ? "" : ",")
                .appendString(Json.encode(name))
                .appendString(":")
                .appendBuffer(json));
    return all.appendString("}");
  }

  private static InvalidInputException notJson(
      String field, Buffer json, @Nullable Throwable cause) {
    return new InvalidInputException(
        field,
        json.toString(),
        cause instanceof StreamConstraintsException ? JsonValues.LIMITS : "must be JSON");
  }
}
