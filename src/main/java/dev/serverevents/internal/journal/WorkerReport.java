package dev.serverevents.internal.journal;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server knows of a worker: that it is its own, or that it has claimed jobs of its waits.
 *
 * @param worker its id
 * @param name the name of the jobs that it takes; several may be known of one worker
 * @param claimed the jobs that it has
 * @param lastSeenMs how many ms ago it last showed a sign of life
 */
public record WorkerReport(String worker, String name, List<Claim> claimed, long lastSeenMs) {

  /** How many jobs of a worker are told. */
  public static final int MAX_CLAIMS = 20;

  /**
   * A job that a worker has.
   *
   * @param id the id of its event
   * @param forMs for how many ms the worker has had it
   */
  public record Claim(String id, long forMs) {}

  private record Key(String worker, String name) {}

  private WorkerReport with(WorkerReport other) {
    Map<String, Claim> claims = new HashMap<>();
    for (var from : List.of(claimed, other.claimed)) {
      from.forEach(
          claim -> claims.merge(claim.id, claim, (one, two) -> one.forMs >= two.forMs ? one : two));
    }
    return new WorkerReport(
        worker, name, oldest(claims.values()), Math.min(lastSeenMs, other.lastSeenMs));
  }

  /** As many claims as are told, the oldest first. */
  public static List<Claim> oldest(Collection<Claim> claims) {
    var all = new ArrayList<>(claims);
    all.sort(Comparator.comparingLong(Claim::forMs).reversed());
    return List.copyOf(all.subList(0, Math.min(MAX_CLAIMS, all.size())));
  }

  /** Adds up what several say of a worker; of so many workers, those with the oldest claims. */
  public static List<WorkerReport> merge(List<WorkerReport> all, int max) {
    Map<Key, WorkerReport> merged = new HashMap<>();
    all.forEach(each -> merged.merge(new Key(each.worker, each.name), each, WorkerReport::with));
    return merged.values().stream()
        .sorted(
            Comparator.comparingLong(WorkerReport::longest)
                .reversed()
                .thenComparing(WorkerReport::name)
                .thenComparing(WorkerReport::worker))
        .limit(max)
        .toList();
  }

  private long longest() {
    return claimed.stream().mapToLong(Claim::forMs).max().orElse(-1);
  }

  /** The same as JSON. */
  public JsonObject toJson() {
    var claims = new JsonArray();
    claimed.forEach(
        claim -> claims.add(new JsonObject().put("id", claim.id).put("for_ms", claim.forMs)));
    return new JsonObject()
        .put("worker", worker)
        .put("name", name)
        .put("claimed", claims)
        .put("last_seen_ms", lastSeenMs);
  }

  /** Reads what another server says; throws a RuntimeException if it is something else. */
  public static WorkerReport of(JsonObject json) {
    return new WorkerReport(
        json.getString("worker"),
        json.getString("name"),
        json.getJsonArray("claimed").stream()
            .map(JsonObject.class::cast)
            .map(claim -> new Claim(claim.getString("id"), claim.getLong("for_ms")))
            .toList(),
        json.getLong("last_seen_ms"));
  }
}
