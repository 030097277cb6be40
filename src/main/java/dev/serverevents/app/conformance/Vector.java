package dev.serverevents.app.conformance;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A case that needs no Redis: what an operation must answer.
 *
 * @param id names it
 * @param operation what the adapter is to do
 * @param in with what
 * @param expected what it answers: {@code out}, or {@code error}
 */
record Vector(String id, String operation, JsonObject in, JsonObject expected) {

  private static final String FILE = "vectors.json";
  private static final Set<String> JSON = Set.of("args", "detail", "data");

  /** Signals, whose first four elements are texts. */
  private static final Set<String> SIGNALS = Set.of("claim", "alive");

  /** Reads all that there are. */
  static List<Vector> all() {
    try (var file = Vector.class.getResourceAsStream(FILE)) {
      var text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      return new JsonObject(text)
          .getJsonArray("vectors").stream().map(each -> of((JsonObject) each)).toList();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static Vector of(JsonObject json) {
    var expected = new JsonObject();
    for (var field : List.of("out", "error")) {
      if (json.containsKey(field)) {
        expected.put(field, json.getValue(field));
      }
    }
    return new Vector(
        json.getString("id"), json.getString("do"), json.getJsonObject("in"), expected);
  }

  /** Refuses an answer that is not the expected one. */
  void check(JsonObject answer) {
    if ("unsupported".equals(answer.getString("error"))) {
      throw new SkippedException("the client does not support \"" + operation + "\"");
    }
    var actual = normal(answer);
    if (!actual.equals(normal(expected))) {
      throw new FailedException(operation + " " + JsonText.line(in), expected.encode(), answer);
    }
  }

  private JsonObject normal(JsonObject answer) {
    var out = answer.getValue("out");
    if (!(out instanceof JsonObject fields)) {
      return new JsonObject().put("error", answer.getString("error"));
    }
    var normal = new JsonObject();
    fields.forEach(field -> normal.put(field.getKey(), normal(field.getKey(), field.getValue())));
    if (!isMessageExpected()) {
      normal.remove("message");
    }
    return new JsonObject().put("out", normal);
  }

  private boolean isMessageExpected() {
    var out = expected.getJsonObject("out");
    return out != null && out.containsKey("message");
  }

  private @Nullable Object normal(String field, @Nullable Object value) {
    if (value instanceof String text) {
      if (field.equals("payload")) {
        var json = JsonText.canonical(text, SIGNALS.contains(operation) ? 4 : 2);
        return operation.equals("failure") ? json.replace("\"detail\":null,", "") : json;
      }
      return JSON.contains(field) ? JsonText.canonical(text) : text;
    }
    var isJson = value instanceof JsonObject || value instanceof JsonArray;
    return isJson ? JsonText.canonical(Json.encode(value)) : value;
  }
}
