package dev.serverevents.app.cli;

import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.ExactJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The arguments of an event as a command line, or standard input, has them. */
final class Arguments {

  private static final String STANDARD_INPUT = "-";

  /** More than an event can have. */
  private static final int MAX_BYTES = 512 * 1024 * 1024;

  private Arguments() {}

  /**
   * Reads them: each is JSON if it can be, and else a string. A single {@code -} stands for what
   * standard input has: a JSON array of them, or any other JSON value as the only one.
   *
   * @param asText whether all are strings
   */
  static EventArgs of(List<String> words, boolean asText, InputStream input) throws IOException {
    if (words.equals(List.of(STANDARD_INPUT)) && !asText) {
      return ExactJson.args("standard input", Buffer.buffer(input.readNBytes(MAX_BYTES)));
    }
    return EventArgs.ofJson(
        Buffer.buffer(
            words.stream()
                .map(word -> asText ? Json.encode(word) : json(word))
                .collect(Collectors.joining(",", "[", "]"))));
  }

  /** A value by itself: JSON if it can be, and else a string. */
  static @Nullable Object value(String word) {
    return EventArgs.ofJson(Buffer.buffer("[" + json(word) + "]")).get(0);
  }

  /** The bytes of a number stay as they are. */
  private static String json(String word) {
    try {
      var only = ExactJson.args("argument", Buffer.buffer(word)).toString();
      // What is an array is all arguments to ExactJson
      return word.stripLeading().startsWith("[") ? only : only.substring(1, only.length() - 1);
    } catch (InvalidInputException text) {
      return Json.encode(word);
    }
  }
}
