package dev.serverevents.simulation;

import java.util.ArrayList;
import java.util.List;

/** What happened, in its order, and a hash of that. Nothing random is in it. */
final class Trace {

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
    return lines;
  }

  int hash() {
    return lines.hashCode();
  }
}
