package dev.serverevents.app.cli;

import dev.serverevents.EventArgs;
import io.vertx.core.json.Json;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How data is printed. */
enum Format {
  /** For people and shells: strings without quotes, one argument a line. */
  TEXT {
    @Override
    String args(EventArgs args) {
      return args.list().stream().map(TEXT::value).collect(Collectors.joining("\n"));
    }

    @Override
    String value(@Nullable Object value) {
      return value instanceof String string ? string : JSONL.value(value);
    }
  },
  /** Indented JSON. */
  JSON {
    @Override
    String value(@Nullable Object value) {
      return Json.encodePrettily(value);
    }
  },
  /** JSON in one line. */
  JSONL {
    @Override
    String value(@Nullable Object value) {
      return Json.encode(value);
    }
  },
  /** Arguments as their publisher wrote them, byte for byte. */
  RAW {
    @Override
    String args(EventArgs args) {
      return args.toString();
    }

    @Override
    String value(@Nullable Object value) {
      return JSONL.value(value);
    }
  };

  /** The arguments of an event. */
  String args(EventArgs args) {
    return value(args.toJsonArray());
  }

  /** Any other value of JSON. */
  abstract String value(@Nullable Object value);

  /** Whether a program reads it, which wants to read a failure as well. */
  boolean isJson() {
    return this == JSON || this == JSONL;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
