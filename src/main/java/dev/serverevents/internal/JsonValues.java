package dev.serverevents.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.serverevents.InvalidInputException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.DatabindCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON without loss: a number keeps its value. What is nested deeper than {@value #MAX_DEPTH}
 * levels is refused on every way in, so that it can be delivered on every way out.
 */
public final class JsonValues {

  /** How many arrays and objects may be nested in a payload, which is an array itself. */
  public static final int MAX_DEPTH = 500;

  private static final int MAX_NUMBER = StreamReadConstraints.DEFAULT_MAX_NUM_LEN;
  private static final int MAX_FIELD = StreamReadConstraints.DEFAULT_MAX_NAME_LEN;

  /** What is said of JSON that is beyond them. */
  static final String LIMITS =
      "must be nested at most %,d deep, with numbers of at most %,d and names of fields of at most %,d characters"
          .formatted(MAX_DEPTH, MAX_NUMBER, MAX_FIELD);

  /** Reads and writes within that limit. The Node package does not escape astral characters. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER)
                  .maxNameLength(MAX_FIELD)
                  .build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private JsonValues() {}

  /**
   * Writes an array of some values and then some arguments.
   *
   * @throws InvalidInputException if an argument cannot be written as JSON
   */
  public static Buffer array(List<?> first, @Nullable Object... args) {
    var bytes = new ByteArrayOutputStream();
    try (var generator = FACTORY.createGenerator(bytes)) {
      var array = new ArrayList<@Nullable Object>(first);
      Collections.addAll(array, args);
      generator.setCodec(DatabindCodec.mapper());
      generator.writeObject(array);
    } catch (IOException cause) {
      throw new InvalidInputException(
          "args",
          Arrays.toString(args),
          "must be what can be written as JSON, nested at most %d deep: %s"
              .formatted(MAX_DEPTH, cause));
    }
    return Buffer.buffer(bytes.toByteArray());
  }

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
}
