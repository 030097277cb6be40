package dev.serverevents.internal.wire;

import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The name and the id by which a wait and an event are matched, both compared as strings.
 *
 * @param name the event's name
 * @param id the event's id
 */
public record EventKey(String name, String id) {

  /** The first character of the names that are reserved for extensions of the wire protocol. */
  public static final String RESERVED = "$";

  /**
   * The first characters of the channels on which Redis and its Sentinels themselves publish, for
   * example {@code __sentinel__:hello}, {@code __keyspace@0__:key} and {@code
   * __redis__:invalidate}. A Sentinel obeys what it hears there.
   */
  private static final String OF_REDIS = "__";

  /** An integer of more bits has more than {@link LimitsOptions#MAX_KEY} digits. */
  private static final int MAX_BITS = 4 * LimitsOptions.MAX_KEY;

  /**
   * Checks a user's name and id.
   *
   * @throws InvalidInputException if either is neither a string nor an integer, is empty or too
   *     long, has a lone surrogate, or if the name begins with {@code $} or {@code __}
   */
  public static EventKey of(@Nullable Object name, @Nullable Object id, LimitsOptions limits) {
    var key = new EventKey(text("name", name, limits.getName()), text("id", id, limits.getId()));
    if (key.name.startsWith(RESERVED)) {
      throw new InvalidInputException("name", name, "must not begin with \"$\", which is reserved");
    }
    if (key.name.startsWith(OF_REDIS)) {
      throw new InvalidInputException(
          "name", name, "must not begin with \"__\", as channels of Redis itself do");
    }
    return key;
  }

  /**
   * Written out, as is {@link #hashCode}, since all that arrives is matched by it: what a record
   * has by itself are method handles, which the JVM does not always compile with who calls them.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EventKey key && id.equals(key.id) && name.equals(key.name);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + id.hashCode();
  }

  /** The Redis channel of the event: {@code <name>:<id>}. Other keys may share it. */
  public String channel() {
    return name + ":" + id;
  }

  static String text(String field, @Nullable Object value, int maxBytes) {
    if (!(value instanceof String || isInteger(value))) {
      throw new InvalidInputException(field, value, "must be a string or an integer");
    }
    if (value instanceof BigInteger integer && integer.bitLength() > MAX_BITS) {
      throw tooLong(field, value, maxBytes); // to write its digits out would take too long
    }
    var text = String.valueOf(value);
    if (text.isEmpty()) {
      throw new InvalidInputException(field, value, "must not be empty");
    }
    var bytes = utf8Length(text);
    if (bytes < 0) {
      throw new InvalidInputException(field, value, "must be valid Unicode");
    }
    if (bytes > maxBytes) {
      throw tooLong(field, value, maxBytes);
    }
    return text;
  }

  private static InvalidInputException tooLong(String field, @Nullable Object value, int maxBytes) {
    return new InvalidInputException(
        field, value, "must have at most " + maxBytes + " bytes of UTF-8");
  }

  /** How many bytes a text has in UTF-8, or -1 if it has a lone surrogate. */
  private static int utf8Length(String text) {
    var bytes = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < 0x80) {
        bytes += 1;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isSurrogatePair(c, i + 1 < text.length() ? text.charAt(i + 1) : ' ')) {
        bytes += 4;
        i++;
      } else {
        return -1;
      }
    }
    return bytes;
  }

  private static boolean isInteger(@Nullable Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger;
  }
}
