package dev.serverevents.redis;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node of a Redis Cluster says to who has come to the wrong one, or at the wrong time.
 *
 * @param slot the slot, or -1 where it is not said
 * @param host where to go; empty for the host of the node that says it
 */
record Redirect(Kind kind, int slot, String host, int port) {

  enum Kind {
    /** The slot is another's for good. */
    MOVED,
    /** The slot is on its way to another, who has the key already or is to get it. */
    ASK,
    /** Nobody can say at present. */
    LATER
  }

  private static final Pattern ELSEWHERE =
      Pattern.compile("(MOVED|ASK) (\\d{1,5}) (.*):(\\d{1,5})");
  private static final Set<String> LATER = Set.of("TRYAGAIN", "CLUSTERDOWN");

  /** Reads an error; null if it is of another kind. */
  static @Nullable Redirect of(@Nullable String error) {
    if (error == null) {
      return null;
    }
    if (LATER.contains(error.split(" ", 2)[0])) {
      return new Redirect(Kind.LATER, -1, "", 0);
    }
    var matcher = ELSEWHERE.matcher(error);
    if (!matcher.matches()) {
      return null;
    }
    var slot = Integer.parseInt(matcher.group(2));
    return slot < Slots.COUNT
        ? new Redirect(
            Kind.valueOf(matcher.group(1)),
            slot,
            matcher.group(3),
            Integer.parseInt(matcher.group(4)))
        : null;
  }
}
