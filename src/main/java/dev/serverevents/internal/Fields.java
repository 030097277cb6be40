package dev.serverevents.internal;

import dev.serverevents.InvalidInputException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Reads fields of messages, requests and settings; a wrong one is named with value and limit. */
public final class Fields {

  private Fields() {}

  /** As many characters as a long has at most, with its sign. */
  private static final int MAX_DIGITS = 20;

  /**
   * Returns an integer of a range; text that spells one is taken as well. What is too long to be
   * one is refused unread, for it takes a time that grows faster than its length.
   */
  public static long integer(String field, @Nullable Object value, long min, long max) {
    var number = number(value);
    if (number != null && min <= number && number <= max) {
      return number;
    }
    throw new InvalidInputException(field, value, "must be an integer from " + min + " to " + max);
  }

  private static @Nullable Long number(@Nullable Object value) {
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    if (value instanceof BigInteger big) {
      return big.bitLength() < Long.SIZE ? big.longValue() : null;
    }
    try {
      return value instanceof String text && text.length() <= MAX_DIGITS
          ? Long.valueOf(text)
          : null;
    } catch (NumberFormatException notAnInteger) {
      return null;
    }
  }

  /** Refuses null. */
  public static void present(String field, @Nullable Object value) {
    if (value == null) {
      throw new InvalidInputException(field, null, "must not be null");
    }
  }

  /** Returns true or false; text that spells one is taken as well, and no value is false. */
  public static boolean flag(String field, @Nullable Object value) {
    return switch (String.valueOf(value)) {
      case "true" -> true;
      case "false", "null" -> false;
      default -> throw new InvalidInputException(field, value, "must be true or false");
    };
  }

  /** Returns a string that is not empty. */
  public static String string(String field, @Nullable Object value) {
    if (value instanceof String string && !string.isEmpty()) {
      return string;
    }
    throw new InvalidInputException(field, value, "must be a string that is not empty");
  }

  /** Returns a JSON object, empty where there is none. */
  public static JsonObject object(String field, @Nullable Object value) {
    if (value == null) {
      return new JsonObject();
    }
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new InvalidInputException(field, value, "must be a JSON object");
  }

  /** Returns a JSON array, empty where there is none. */
  public static JsonArray array(String field, @Nullable Object value) {
    if (value == null) {
      return new JsonArray();
    }
    if (value instanceof JsonArray array) {
      return array;
    }
    throw new InvalidInputException(field, value, "must be a JSON array");
  }
}
