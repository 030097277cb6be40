package dev.serverevents.internal.client;

import dev.serverevents.internal.journal.NameReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts what is pending, by name. Used on one context only. */
final class PendingByName {

  /** What is pending of the events of one name. */
  private static final class Count {

    long waits;
    long streams;

    /** When the oldest of the waits was made, in ns. */
    long oldest;

    NameReport report(String name, long now) {
      var oldestMs = waits == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(now - oldest);
      return NameReport.ofPending(name, waits, oldestMs, streams);
    }
  }

  private final int max;
  private final Map<String, Count> counts = new HashMap<>();

  /** Has counted nothing yet, and tells so many names apart. */
  PendingByName(int max) {
    this.max = max;
  }

  /** Counts a wait that was made at a time in ns. */
  void addWait(String name, long since) {
    var count = of(name);
    if (count.waits == 0 || since - count.oldest < 0) {
      count.oldest = since;
    }
    count.waits++;
  }

  /** Counts a stream. */
  void addStream(String name) {
    of(name).streams++;
  }

  private Count of(String name) {
    var known = counts.get(name);
    if (known != null) {
      return known;
    }
    var told = counts.size() < max ? name : NameReport.OTHER;
    return counts.computeIfAbsent(told, first -> new Count());
  }

  /** What it has counted, at a time in ns. */
  List<NameReport> reports(long now) {
    return counts.entrySet().stream()
        .map(counted -> counted.getValue().report(counted.getKey(), now))
        .toList();
  }
}
