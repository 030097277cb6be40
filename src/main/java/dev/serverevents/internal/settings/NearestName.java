package dev.serverevents.internal.settings;

import java.util.Locale;

/** Finds what a wrong name was meant to be: the known name from which the fewest letters differ. */
final class NearestName {

  private final String section;
  private final String name;
  private String found = "";
  private int least = Integer.MAX_VALUE;

  /** Looks for what {@code name} was meant to be, rather in {@code section} than elsewhere. */
  NearestName(String section, String name) {
    this.section = section;
    this.name = name.toLowerCase(Locale.ROOT);
  }

  /** Considers a known name; another section counts as half a letter. */
  void consider(String itsSection, String itsName, String path) {
    var letters = distance(name, itsName.toLowerCase(Locale.ROOT));
    var distance = 2 * letters + (section.equals(itsSection) ? 0 : 1);
    if (distance < least && !path.isEmpty()) {
      least = distance;
      found = path;
    }
  }

  /** The path of the nearest name of all; empty if none was considered. */
  String found() {
    return found;
  }

  /** How many letters must be put in, left out or replaced (Levenshtein's distance). */
  private static int distance(String one, String other) {
    var costs = new int[other.length() + 1];
    for (var j = 0; j <= other.length(); j++) {
      costs[j] = j;
    }
    for (var i = 1; i <= one.length(); i++) {
      var diagonal = costs[0];
      costs[0] = i;
      for (var j = 1; j <= other.length(); j++) {
        var replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = costs[j];
        costs[j] = Math.min(replaced, 1 + Math.min(costs[j], costs[j - 1]));
      }
    }
    return costs[other.length()];
  }
}
