package dev.serverevents;

import dev.serverevents.internal.Printable;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** An argument, a message or a setting is not what it must be (400). Nothing was done. */
public final class InvalidInputException extends ServerEventsException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 64;

  /** The digits of an integer of more bits would take long to compute. */
  private static final int SHOWN_BITS = 1_024;

  /**
   * Names the field, its value and the limit.
   *
   * @param field for example {@code timeout}
   * @param value as given; in the message a long one is shortened, and what cannot be printed is
   *     escaped
   * @param rule for example {@code must be an integer from 1 to 86400000 (ms)}
   */
  public InvalidInputException(String field, @Nullable Object value, String rule) {
    super(400, Cause.INVALID, field + " is " + show(value) + ": it " + rule, null);
  }

  private static String show(@Nullable Object value) {
    if (value instanceof BigInteger integer && integer.bitLength() > SHOWN_BITS) {
      return "an integer of " + integer.bitLength() + " bits";
    }
    var text = value instanceof CharSequence ? "\"" + value + "\"" : String.valueOf(value);
    return text.length() <= SHOWN
        ? Printable.of(text)
        : Printable.of(text.substring(0, SHOWN)) + "... (" + text.length() + " characters)";
  }
}
