package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.internal.journal.Durations;
import dev.serverevents.internal.journal.NameReport;
import dev.serverevents.internal.journal.Rate;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What became of the waits for events of one name. Used on one context only. */
final class Tally {

  /** The word for the waits that got their event. */
  private static final String EVENT = "event";

  /** How many waits have ended for one cause. */
  private static final class Count {
    long waits;
  }

  private final String name;
  private final Map<Cause, Count> outcomes = new EnumMap<>(Cause.class);
  private final Durations durations;
  private final Rate rate;
  private long lastUsed;

  Tally(String name, long now) {
    this.name = name;
    durations = new Durations(TimeUnit.NANOSECONDS.toMillis(now));
    rate = new Rate(TimeUnit.NANOSECONDS.toSeconds(now));
    lastUsed = now;
  }

  String name() {
    return name;
  }

  /** A wait has ended, for a cause, after so many ns, at a time in ns. */
  void ended(Cause cause, long nanos, long now) {
    lastUsed = now;
    outcomes.computeIfAbsent(cause, first -> new Count()).waits++;
    rate.add(TimeUnit.NANOSECONDS.toSeconds(now));
    if (cause == Cause.RESULT) {
      durations.add((int) TimeUnit.NANOSECONDS.toMillis(nanos), TimeUnit.NANOSECONDS.toMillis(now));
    }
  }

  /** Whether no wait has ended since a time in ns. */
  boolean isUnused(long since) {
    return lastUsed - since < 0;
  }

  NameReport report(long now) {
    var words = new TreeMap<String, Long>();
    outcomes.forEach(
        (cause, count) -> words.put(cause == Cause.RESULT ? EVENT : cause.word(), count.waits));
    return NameReport.ofEnded(
        name,
        words,
        durations.counts(TimeUnit.NANOSECONDS.toMillis(now)),
        rate.perSecond(TimeUnit.NANOSECONDS.toSeconds(now)));
  }
}
