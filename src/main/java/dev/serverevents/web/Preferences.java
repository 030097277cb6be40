package dev.serverevents.web;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client prefers, in {@code Prefer} headers (RFC 7240). The RFC says that the first of
 * several equal preferences counts, and that an unknown or malformed one is ignored.
 *
 * @param seconds how long it wants to wait ({@code wait}), or null
 * @param respondAsync whether it takes 202 in the place of a timeout
 */
record Preferences(@Nullable Long seconds, boolean respondAsync) {

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
  private static final String WORD = "(" + TOKEN + "|\"(?:[^\"\\\\]|\\\\.)*+\")";
  private static final Pattern PREFERENCE =
      Pattern.compile(
          "\\G[ \\t,]*+("
              + TOKEN
              + ")[ \\t]*+(?:=[ \\t]*+"
              + WORD
              + "?)?+[^,\"]*+"
              + "(?:\"(?:[^\"\\\\]|\\\\.)*+\"[^,\"]*+)*+(?:,|$)");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private static final long MS_PER_SECOND = 1_000;

  /** For how long to wait, in whole seconds but in ms, or null where nothing is preferred. */
  @Nullable Long waitMs(long maxMs) {
    return seconds == null ? null : Math.max(1, Math.min(seconds * MS_PER_SECOND, maxMs));
  }

  static Preferences of(List<String> headers) {
    var found = new HashMap<String, String>();
    for (var header : headers) {
      collect(header, found);
    }
    var wait = found.get("wait");
    return new Preferences(
        wait != null && SECONDS.matcher(wait).matches() ? Long.valueOf(wait) : null,
        found.containsKey("respond-async"));
  }

  private static void collect(String header, Map<String, String> found) {
    var preference = PREFERENCE.matcher(header);
    while (preference.find()) {
      var value = preference.group(2) == null ? "" : preference.group(2).replace("\"", "");
      found.putIfAbsent(preference.group(1).toLowerCase(Locale.ROOT), value);
    }
  }
}
