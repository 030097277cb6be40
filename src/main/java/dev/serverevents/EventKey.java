package dev.serverevents;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a wait and an event are matched by: name and id, both compared as strings.
 *
 * @param name the event's name
 * @param id the event's id
 */
public record EventKey(String name, String id) {

  /** How many bytes of UTF-8 a name or an id may have, unless a limit is set lower. */
  public static final int MAX_BYTES = 512;

  /** What the names begin with that are reserved for extensions of the wire protocol. */
  public static final String RESERVED = "$";

  /**
   * Checks a user's name and id.
   *
   * @throws InvalidInputException if either is neither a string nor an integer, is empty or too
   *     long, has a lone surrogate, or if the name is reserved
   */
  public static EventKey of(@Nullable Object name, @Nullable Object id, LimitsOptions limits) {
    var key = new EventKey(text("name", name, limits.getName()), text("id", id, limits.getId()));
    if (key.name.startsWith(RESERVED)) {
      throw new InvalidInputException("name", name, "must not begin with \"$\", which is reserved");
    }
    return key;
  }

  /** The Redis channel of the event: {@code <name>:<id>}. Other keys may share it. */
  public String channel() {
    return name + ":" + id;
  }

  private static String text(String field, @Nullable Object value, int maxBytes) {
    if (!(value instanceof String || isInteger(value))) {
      throw new InvalidInputException(field, value, "must be a string or an integer");
    }
    var text = String.valueOf(value);
    if (text.isEmpty()) {
      throw new InvalidInputException(field, value, "must not be empty");
    }
    if (text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
      throw new InvalidInputException(
          field, value, "must have at most " + maxBytes + " bytes of UTF-8");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new InvalidInputException(field, value, "must be valid Unicode");
    }
    return text;
  }

  private static boolean isInteger(@Nullable Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger;
  }
}
