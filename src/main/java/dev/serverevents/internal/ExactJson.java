package dev.serverevents.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON without loss: arguments are passed on as the bytes that they are, and where they are read, a
 * number keeps its value. What is nested deeper than {@value #MAX_DEPTH} levels is refused on every
 * way in, so that it can be delivered on every way out.
 */
public final class ExactJson {

  /** How many arrays and objects may be nested in a payload, which is an array itself. */
  public static final int MAX_DEPTH = 500;

  /** Reads and writes within that limit. The Node package does not escape astral characters. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private ExactJson() {}

  /**
   * Reads a value: null, a {@link String}, {@link Boolean}, {@link Number}, {@link JsonObject} or
   * {@link JsonArray}. The last two cannot be changed. A number is a {@link Double} only if that
   * has its very value, and else a {@link BigDecimal}.
   *
   * @throws DecodeException if it is not one value of JSON in UTF-8
   */
  public static @Nullable Object read(Buffer json) {
    try (var parser = FACTORY.createParser(json.getBytes())) {
      parser.nextToken();
      var value = value(parser);
      if (parser.nextToken() != null) {
        throw new DecodeException("Something follows the value");
      }
      return wrapped(value);
    } catch (IOException malformed) {
      throw new DecodeException(malformed.getMessage(), malformed);
    }
  }

  private static @Nullable Object wrapped(@Nullable Object value) {
    var array = new JsonArray(Collections.singletonList(value));
    return array.getValue(0);
  }

  /** Reads the value at which a parser is: maps and lists that cannot be changed, and scalars. */
  public static @Nullable Object value(JsonParser parser) throws IOException {
    var token = parser.currentToken();
    if (token == null) {
      throw new DecodeException("There is no value");
    }
    return switch (token) {
      case START_OBJECT -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          parser.nextToken();
          map.put(name, value(parser));
        }
        yield Collections.unmodifiableMap(map);
      }
      case START_ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield Collections.unmodifiableList(list);
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> number(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new DecodeException("Unexpected " + token);
    };
  }

  private static Number number(String text) {
    var rounded = Double.parseDouble(text);
    try {
      var exact = new BigDecimal(text);
      return Double.isFinite(rounded) && exact.compareTo(BigDecimal.valueOf(rounded)) == 0
          ? rounded
          : exact;
    } catch (NumberFormatException exponentIsTooLarge) {
      return rounded;
    }
  }

  /**
   * Takes what a client sent as arguments, unchanged but for white space between tokens: a JSON
   * array of them, or any other JSON value as the only one.
   *
   * @throws InvalidInputException if it is not JSON in UTF-8, or nested too deep
   */
  public static EventArgs args(String field, Buffer json) {
    var bytes = json.getBytes();
    try (var parser = FACTORY.createParser(bytes)) {
      var isArray = parser.nextToken() == JsonToken.START_ARRAY;
      var start = (int) parser.currentTokenLocation().getByteOffset();
      if (parser.currentToken() == null || start < 0) { // Jackson guessed UTF-16 or 32
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
    try (var parser = FACTORY.createParser(json.getBytes())) {
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

  private static InvalidInputException notJson(String field, Buffer json, IOException cause) {
    return new InvalidInputException(
        field,
        json.toString(),
        cause instanceof StreamConstraintsException
            ? "must be nested at most %d deep: %s".formatted(MAX_DEPTH, cause.getMessage())
            : "must be JSON");
  }
}
