package dev.serverevents.app.conformance;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.serverevents.internal.JsonValues;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.DatabindCodec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;

/** JSON as text, which the runner compares without any number being rounded. */
final class JsonText {

  private static final int LAST_OF_ASCII = 127;

  private JsonText() {}

  /**
   * The one text that stands for all that say the same: numbers as they are written, strings by
   * their value, the fields of objects in the order of their names. What is no JSON stays as it is,
   * with a word before it.
   */
  static String canonical(String json) {
    return canonical(json, 0);
  }

  /**
   * The same, where the first elements of the array are compared as text, so that 7 is "7".
   *
   * @param texts how many
   */
  static String canonical(String json, int texts) {
    try (var parser = JsonValues.FACTORY.createParser(json)) {
      if (parser.nextToken() == null) {
        return "no JSON: " + json;
      }
      var text =
          parser.currentToken() == JsonToken.START_ARRAY ? array(parser, texts) : value(parser);
      return parser.nextToken() == null ? text : "no JSON: " + json;
    } catch (IOException malformed) {
      return "no JSON: " + json;
    }
  }

  private static String array(JsonParser parser, int texts) throws IOException {
    var elements = new ArrayList<String>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      var isText = elements.size() < texts && parser.currentToken().isScalarValue();
      elements.add(isText ? Json.encode(parser.getText()) : value(parser));
    }
    return "[" + String.join(",", elements) + "]";
  }

  private static String value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_ARRAY -> array(parser, 0);
      case START_OBJECT -> {
        var fields = new ArrayList<String>();
        for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          parser.nextToken();
          fields.add(Json.encode(name) + ":" + value(parser));
        }
        Collections.sort(fields);
        yield "{" + String.join(",", fields) + "}";
      }
      case VALUE_STRING -> Json.encode(parser.getText());
      default -> parser.getText();
    };
  }

  /** One line of ASCII, in which even half a surrogate pair is what it is. */
  static String line(JsonObject object) {
    var line = new StringWriter();
    try (var generator = JsonValues.FACTORY.createGenerator(line)) {
      generator.setHighestNonEscapedChar(LAST_OF_ASCII);
      generator.setCodec(DatabindCodec.mapper());
      generator.writeObject(object.getMap());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    return line.toString();
  }
}
