package dev.serverevents.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.TextFile;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The file that {@code -conf} names: a JSON object. */
final class ConfFile {

  private static final String FIELD = "-conf";

  /** A field that stands there twice would silently be the second one. */
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  private ConfFile() {}

  /**
   * Reads it.
   *
   * @throws InvalidInputException if it cannot be read, or is no JSON object; the message says
   *     where, but shows nothing of it
   */
  static JsonObject read(Path file) {
    var text = TextFile.read(FIELD, file);
    if (text.isBlank()) {
      throw new InvalidInputException(
          FIELD, file.toString(), "must be a JSON object; the file is empty");
    }
    try (var parser = JSON.createParser(text)) {
      return new JsonObject(object(file, parser));
    } catch (JsonProcessingException malformed) {
      var where = malformed.getLocation();
      throw new InvalidInputException(
          FIELD,
          file.toString(),
          "must be JSON without a field twice; something is wrong at line %d, column %d"
              .formatted(where.getLineNr(), where.getColumnNr()));
    } catch (IOException impossible) { // it is read already
      throw new IllegalStateException(impossible);
    }
  }

  @SuppressWarnings("unchecked") // the keys of a JSON object are strings
  private static Map<String, Object> object(Path file, JsonParser parser) throws IOException {
    var value = parser.readValueAs(Object.class);
    if (parser.nextToken() == null && value instanceof Map<?, ?> object) {
      return (Map<String, Object>) object;
    }
    throw new InvalidInputException(FIELD, file.toString(), "must be a JSON object and no more");
  }
}
