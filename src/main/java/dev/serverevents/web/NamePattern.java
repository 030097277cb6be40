package dev.serverevents.web;

/**
 * A pattern for the names of events, in which {@code *} stands for any text. It is matched part by
 * part, each at the first place where it fits, so that the time grows with the length of the name
 * and not, as with a regular expression, with a power of it.
 */
final class NamePattern {

  /** What stands before, between and after the asterisks. */
  private final String[] parts;

  NamePattern(String pattern) {
    parts = pattern.split("\\*", -1);
  }

  /** Tells whether a whole name fits. */
  boolean matches(String name) {
    var first = parts[0];
    var last = parts[parts.length - 1];
    if (parts.length == 1) {
      return name.equals(first);
    }
    var at = first.length();
    var end = name.length() - last.length();
    if (at > end || !name.startsWith(first) || !name.endsWith(last)) {
      return false;
    }
    for (var i = 1; i < parts.length - 1; i++) {
      var found = name.indexOf(parts[i], at);
      if (found < 0 || found + parts[i].length() > end) {
        return false;
      }
      at = found + parts[i].length();
    }
    return true;
  }
}
