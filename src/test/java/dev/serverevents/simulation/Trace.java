package dev.serverevents.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What happened, in its order, and a hash of that. Nothing random is in it, but for one thing: a
 * verticle that drains ends its waits in the order of a hash table of their channels, of which
 * those of inboxes are random. So waits that end one after another count as a set.
 */
final class Trace {

  static final String ENDED = "ended";

  private final SimulatedTime time;
  private final List<String> lines = new ArrayList<>();
  private long order;

  Trace(SimulatedTime time) {
    this.time = time;
  }

  /** What happens now. */
  Moment now() {
    return new Moment(order++, time.nanoTime());
  }

  void add(String what, Object... values) {
    var moment = now();
    var text = new StringBuilder().append(moment.ns()).append(' ').append(what);
    for (var value : values) {
      text.append(' ').append(value);
    }
    lines.add(text.toString());
  }

  List<String> lines() {
    var from = 0;
    for (var to = 0; to <= lines.size(); to++) {
      if (to == lines.size() || !lines.get(to).contains(ENDED)) {
        Collections.sort(lines.subList(from, to));
        from = to + 1;
      }
    }
    return lines;
  }
}
