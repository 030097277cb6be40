package dev.serverevents.internal.journal;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is pending of the events of a name, and what became of their waits.
 *
 * @param name the name, or {@link #OTHER}
 * @param pending how many waits are pending
 * @param oldestMs for how many ms the oldest of them has been
 * @param streams how many streams are open
 * @param outcomes how many waits have ended, by the word for why
 * @param durations how long those lasted that got their event, as {@link Durations} counts them
 * @param perSecond how many waits have ended in each of the last seconds
 */
public record NameReport(
    String name,
    long pending,
    long oldestMs,
    long streams,
    SortedMap<String, Long> outcomes,
    SortedMap<Integer, Long> durations,
    double perSecond) {

  /** What stands for all names that are not told apart. */
  public static final String OTHER = "other";

  /** The busiest ones come first. */
  private static final Comparator<NameReport> BUSIEST =
      Comparator.comparingLong(NameReport::pending)
          .thenComparingDouble(NameReport::perSecond)
          .thenComparingLong(NameReport::ended)
          .reversed()
          .thenComparing(NameReport::name);

  /** How many waits have ended. */
  private long ended() {
    return outcomes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Both together, under the name of this one. */
  public NameReport with(NameReport other) {
    return new NameReport(
        name,
        pending + other.pending,
        Math.max(oldestMs, other.oldestMs),
        streams + other.streams,
        sum(outcomes, other.outcomes),
        sum(durations, other.durations),
        perSecond + other.perSecond);
  }

  private static <K> SortedMap<K, Long> sum(SortedMap<K, Long> one, SortedMap<K, Long> other) {
    var sum = new TreeMap<>(one);
    other.forEach((key, count) -> sum.merge(key, count, Long::sum));
    return sum;
  }

  /** What is pending of the events of a name. */
  public static NameReport ofPending(String name, long waits, long oldestMs, long streams) {
    return new NameReport(name, waits, oldestMs, streams, new TreeMap<>(), new TreeMap<>(), 0);
  }

  /** What became of the waits for events of a name. */
  public static NameReport ofEnded(
      String name,
      SortedMap<String, Long> outcomes,
      SortedMap<Integer, Long> durations,
      double perSecond) {
    return new NameReport(name, 0, 0, 0, outcomes, durations, perSecond);
  }

  /**
   * Adds up what several say of one name, and puts the names beyond so many, the busiest of which
   * come first, together as {@link #OTHER}.
   */
  public static List<NameReport> merge(List<NameReport> all, int max) {
    Map<String, NameReport> byName = new HashMap<>();
    all.forEach(each -> byName.merge(each.name, each, NameReport::with));
    var others = byName.remove(OTHER);
    var sorted = byName.values().stream().sorted(BUSIEST).toList();
    var merged = new ArrayList<>(sorted.subList(0, Math.min(max, sorted.size())));
    var rest = others == null ? ofPending(OTHER, 0, 0, 0) : others;
    for (var each : sorted.subList(merged.size(), sorted.size())) {
      rest = rest.with(each);
    }
    if (rest.pending > 0 || rest.streams > 0 || rest.ended() > 0) {
      merged.add(rest);
    }
    return merged;
  }

  /** The same as servers tell each other. */
  public JsonObject toJson() {
    var counts = new JsonArray();
    durations.forEach((bucket, count) -> counts.add(new JsonArray().add(bucket).add(count)));
    return new JsonObject()
        .put("name", name)
        .put("pending", pending)
        .put("oldest_ms", oldestMs)
        .put("streams", streams)
        .put("outcomes", new JsonObject(new HashMap<>(outcomes)))
        .put("durations", counts)
        .put("per_second", perSecond);
  }

  /** Reads what another server says; throws a RuntimeException if it is something else. */
  public static NameReport of(JsonObject json) {
    var outcomes = new TreeMap<String, Long>();
    for (var outcome : json.getJsonObject("outcomes")) {
      outcomes.put(outcome.getKey(), ((Number) outcome.getValue()).longValue());
    }
    var durations = new TreeMap<Integer, Long>();
    for (var bucket : json.getJsonArray("durations")) {
      durations.put(((JsonArray) bucket).getInteger(0), ((JsonArray) bucket).getLong(1));
    }
    return new NameReport(
        json.getString("name"),
        json.getLong("pending"),
        json.getLong("oldest_ms"),
        json.getLong("streams"),
        outcomes,
        durations,
        json.getDouble("per_second"));
  }

  /** Reads several. */
  public static List<NameReport> all(JsonArray json) {
    return json.stream().map(JsonObject.class::cast).map(NameReport::of).toList();
  }

  /** Several as servers tell each other. */
  public static JsonArray toJson(List<NameReport> all) {
    return new JsonArray(all.stream().map(NameReport::toJson).toList());
  }
}
