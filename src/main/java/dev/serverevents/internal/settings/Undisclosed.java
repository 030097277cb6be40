package dev.serverevents.internal.settings;

import dev.serverevents.internal.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Reads what may be a secret by mistake, so that no text of it is shown in a message. */
final class Undisclosed {

  /** What stands in a message where a value may be a secret. */
  static final String NOT_SHOWN = "(not shown)";

  private Undisclosed() {}

  /** See {@link Settings#object}. */
  static JsonObject object(String path, @Nullable Object value) {
    return Fields.object(path, value instanceof JsonObject ? value : withoutText(value));
  }

  /** The same for an array. */
  static JsonArray array(String path, @Nullable Object value) {
    return Fields.array(path, value instanceof JsonArray ? value : withoutText(value));
  }

  private static @Nullable Object withoutText(@Nullable Object value) {
    return value == null || value instanceof Number || value instanceof Boolean ? value : NOT_SHOWN;
  }
}
