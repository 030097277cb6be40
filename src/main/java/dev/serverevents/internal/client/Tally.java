package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.internal.journal.Durations;
import dev.serverevents.internal.journal.NameReport;
import dev.serverevents.internal.journal.Rate;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is pending of the events of one name, and what became of their waits. The pending waits are
 * a list in the order of their beginnings, so that the oldest is known. Used on one context only.
 */
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
  private int pending;
  private int streams;
  private long lastUsed;
  private @Nullable Place oldest;
  private @Nullable Place newest;

  Tally(String name, long now) {
    this.name = name;
    durations = new Durations(TimeUnit.NANOSECONDS.toMillis(now));
    rate = new Rate(TimeUnit.NANOSECONDS.toSeconds(now));
    lastUsed = now;
  }

  /** The place of a pending wait in the list. */
  static final class Place {

    private final Tally tally;
    private final long since;
    private @Nullable Place older;
    private @Nullable Place newer;

    private Place(Tally tally, long since) {
      this.tally = tally;
      this.since = since;
    }

    /** The wait is pending no more. */
    void leave() {
      tally.pending--;
      if (older == null) {
        tally.oldest = newer;
      } else {
        older.newer = newer;
      }
      if (newer == null) {
        tally.newest = older;
      } else {
        newer.older = older;
      }
      older = null; // else one that is old keeps all that came after it from being collected
      newer = null;
    }
  }

  /** A wait is pending that was made at a time in ns. */
  Place began(long since) {
    var place = new Place(this, since);
    pending++;
    place.older = newest;
    if (newest == null) {
      oldest = place;
    } else {
      newest.newer = place;
    }
    newest = place;
    return place;
  }

  void streamBegan() {
    streams++;
  }

  void streamEnded() {
    streams--;
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

  /** Whether nothing is pending, and no wait has ended since a time in ns. */
  boolean isUnused(long since) {
    return pending == 0 && streams == 0 && lastUsed - since < 0;
  }

  NameReport report(long now) {
    var words = new TreeMap<String, Long>();
    outcomes.forEach(
        (cause, count) -> words.put(cause == Cause.RESULT ? EVENT : cause.word(), count.waits));
    return new NameReport(
        name,
        pending,
        oldest == null ? 0 : TimeUnit.NANOSECONDS.toMillis(now - oldest.since),
        streams,
        words,
        durations.counts(TimeUnit.NANOSECONDS.toMillis(now)),
        rate.perSecond(TimeUnit.NANOSECONDS.toSeconds(now)));
  }
}
