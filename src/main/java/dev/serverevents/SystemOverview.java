package dev.serverevents;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How all servers together are: {@link ServerEvents#overview}.
 *
 * @param at when they were asked, in ms since 1970
 * @param servers the servers, the one that was asked first
 * @param names what is pending and what became of waits, by name: the 100 busiest, and all others
 *     as {@code other}
 * @param workers the workers that are known, those with the oldest claims first; at most 100
 * @param limits the limits of all servers, and the quotas of clients of which 80 % or more is used,
 *     the nearest first; at most 100
 * @param missing how many servers have not answered in time
 */
public record SystemOverview(
    long at,
    List<ServerState> servers,
    List<NameState> names,
    List<WorkerState> workers,
    List<LimitState> limits,
    int missing) {

  /**
   * One server, which is one Vert.x with its verticles.
   *
   * @param server its id, which is another one after a restart
   * @param host the name of its host, or an empty text where it is not known
   * @param version its version, or an empty text if it does not run from its jar
   * @param upMs for how many ms it has been there
   * @param isConnected whether all its connections to Redis are up
   * @param pending how many waits are pending
   * @param streams how many streams are open
   * @param unreadBytes how many bytes readers have not taken
   * @param heapBytes how many bytes of the heap are used
   * @param loopDelayMs how long the busiest of its event loops let this question wait, in ms
   * @param isDraining whether a verticle is being undeployed
   * @param connections its connections to Redis
   */
  public record ServerState(
      String server,
      String host,
      String version,
      long upMs,
      boolean isConnected,
      long pending,
      long streams,
      long unreadBytes,
      long heapBytes,
      long loopDelayMs,
      boolean isDraining,
      List<ConnectionState> connections) {

    private JsonObject toJson() {
      return new JsonObject()
          .put("server", server)
          .put("host", host)
          .put("version", version)
          .put("up_ms", upMs)
          .put("redis", isConnected ? "connected" : "away")
          .put("pending", pending)
          .put("streams", streams)
          .put("unread_bytes", unreadBytes)
          .put("heap_bytes", heapBytes)
          .put("loop_delay_ms", loopDelayMs)
          .put("draining", isDraining)
          .put("connections", array(connections, ConnectionState::toJson));
    }
  }

  /**
   * A connection to Redis.
   *
   * @param node where it goes to, as host and port
   * @param role what it is for: {@code publisher} or {@code subscriber}
   * @param isConnected whether it is up
   * @param slots how many slots of a cluster its node serves, or 0
   */
  public record ConnectionState(String node, String role, boolean isConnected, int slots) {
    private JsonObject toJson() {
      return new JsonObject()
          .put("node", node)
          .put("role", role)
          .put("connected", isConnected)
          .put("slots", slots);
    }
  }

  /**
   * The events of one name.
   *
   * @param name the name, or {@code other} for all that are not told apart
   * @param pending how many waits are pending
   * @param oldestMs for how many ms the oldest of them has been
   * @param streams how many streams are open
   * @param outcomes how many waits have ended since the servers began: {@code event} for those that
   *     got it, and the {@linkplain Cause#word() words} of the causes for all others
   * @param p50Ms how long half of the waits lasted at most that got their event, in the last minute
   *     or two
   * @param p99Ms the same for 99 of 100
   * @param perSecond how many waits end in a second, of the last ten
   */
  public record NameState(
      String name,
      long pending,
      long oldestMs,
      long streams,
      Map<String, Long> outcomes,
      long p50Ms,
      long p99Ms,
      double perSecond) {
    private JsonObject toJson() {
      return new JsonObject()
          .put("name", name)
          .put("pending", pending)
          .put("oldest_ms", oldestMs)
          .put("streams", streams)
          .put("outcomes", new JsonObject(new HashMap<>(outcomes)))
          .put("result_ms", new JsonObject().put("p50", p50Ms).put("p99", p99Ms))
          .put("per_second", perSecond);
    }
  }

  /**
   * A worker, as far as servers know it: because it is one of theirs, or has claimed their jobs.
   *
   * @param worker its id
   * @param name the name of the jobs
   * @param claimed the jobs that it has, the oldest first; at most 20
   * @param lastSeenMs how many ms ago it last showed a sign of life
   */
  public record WorkerState(String worker, String name, List<ClaimState> claimed, long lastSeenMs) {
    private JsonObject toJson() {
      return new JsonObject()
          .put("worker", worker)
          .put("name", name)
          .put("claimed", array(claimed, ClaimState::toJson))
          .put("last_seen_ms", lastSeenMs);
    }
  }

  /**
   * A job that a worker has.
   *
   * @param id the id of its event
   * @param forMs for how many ms the worker has had it
   */
  public record ClaimState(String id, long forMs) {
    private JsonObject toJson() {
      return new JsonObject().put("id", id).put("for_ms", forMs);
    }
  }

  /**
   * A limit, where it is used most.
   *
   * @param setting the path of the setting
   * @param used how much is used
   * @param limit how much may be
   * @param client the client that uses it, by the name of its API key or user, or by its address;
   *     null where all use it together
   */
  public record LimitState(String setting, long used, long limit, @Nullable String client) {
    private JsonObject toJson() {
      var json = new JsonObject().put("setting", setting).put("used", used).put("limit", limit);
      return client == null ? json : json.put("client", client);
    }
  }

  /** The same as JSON. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("at", at)
        .put("servers", array(servers, ServerState::toJson))
        .put("names", array(names, NameState::toJson))
        .put("workers", array(workers, WorkerState::toJson))
        .put("limits", array(limits, LimitState::toJson))
        .put("missing", missing);
  }

  private static <T> JsonArray array(Collection<T> all, Function<T, JsonObject> each) {
    return new JsonArray(all.stream().map(each).toList());
  }
}
