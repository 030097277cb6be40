package dev.serverevents.web;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was made last of something. Thousands of readers get one event, one after the other, so that
 * what they are sent is made once for all of them. Any thread may use it.
 */
final class LastMade<T> {

  /** Cannot be changed, so that a thread that does not see it makes the same once more. */
  private record Made<T>(Object of, Object how, T what) {}

  private @Nullable Made<T> last;

  /**
   * Returns what an action makes, or has made the last time if that was of the same object.
   *
   * @param how else it was made, which must be equal
   */
  @SuppressWarnings("ReferenceEquality") // an equal event may have been written in another way
  T get(Object of, Object how, Supplier<T> make) {
    var made = last;
    if (made == null || made.of != of || !made.how.equals(how)) {
      made = new Made<>(of, how, make.get());
      last = made;
    }
    return made.what;
  }
}
