package dev.serverevents.internal.redis.cluster;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.internal.settings.RedisUrl;
import dev.serverevents.internal.wire.Slots;
import io.vertx.redis.client.Response;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which master of a Redis Cluster serves which slot, by URL. It does not change. */
public final class SlotMap {

  private final long epoch;
  private final boolean serving;
  private final String[] owners;
  private final Set<String> urls;

  private SlotMap(long epoch, boolean serving, String[] owners, Set<String> urls) {
    this.epoch = epoch;
    this.serving = serving;
    this.owners = owners;
    this.urls = urls;
  }

  private static SlotMap of(long epoch, boolean serving, String[] owners) {
    return new SlotMap(
        epoch, serving, owners, Set.of(Stream.of(owners).distinct().toArray(String[]::new)));
  }

  /**
   * Reads the answers to CLUSTER INFO and CLUSTER SLOTS. A slot that no node serves is counted
   * among those of the first node, which will answer that it is not served.
   *
   * @param asked the URL of the node that answered, whose host it may leave out
   */
  static SlotMap of(RedisServerOptions redis, String asked, String info, Response slots) {
    var owners = new @Nullable String[Slots.COUNT];
    for (var range : slots) {
      var node = range.get(2);
      var url = url(redis, asked, text(node.get(0)), node.get(1).toInteger());
      Arrays.fill(owners, range.get(0).toInteger(), range.get(1).toInteger() + 1, url);
    }
    var first = Arrays.stream(owners).filter(Objects::nonNull).findFirst();
    if (first.isEmpty()) {
      throw new IllegalArgumentException("no slot of the cluster is served");
    }
    var all = new String[Slots.COUNT];
    for (var slot = 0; slot < Slots.COUNT; slot++) {
      all[slot] = Objects.requireNonNullElse(owners[slot], first.get());
    }
    return of(epoch(info), info.contains("cluster_state:ok"), all);
  }

  private static String text(@Nullable Response response) {
    return response == null ? "" : response.toString();
  }

  private static long epoch(String info) {
    return info.lines()
        .filter(line -> line.startsWith("cluster_current_epoch:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  /** The URL of a node, which is on the host that was asked where it names none that is known. */
  static String url(RedisServerOptions redis, String asked, String host, int port) {
    var known = host.isEmpty() || host.equals("?") ? host(asked) : host;
    return redis.serverUrl(known, port);
  }

  private static String host(String url) {
    return RedisUrl.of(url).host();
  }

  /** The cluster's epoch, which grows with each failover and each slot that changes hands. */
  long epoch() {
    return epoch;
  }

  /** Whether the node that was asked takes part in the cluster, and that is up. */
  boolean isServing() {
    return serving;
  }

  public String owner(int slot) {
    return owners[slot];
  }

  /** How many slots a master serves. */
  int count(String url) {
    return (int) Stream.of(owners).filter(url::equals).count();
  }

  /** Tells whether a master serves any slot. */
  public boolean isOwner(String url) {
    return Arrays.asList(owners).contains(url);
  }

  /** The masters. One whose last slot was {@linkplain #with changed} may be among them. */
  public Set<String> owners() {
    return urls;
  }

  /** The same map but for one slot. */
  SlotMap with(int slot, String owner) {
    var copy = owners.clone();
    copy[slot] = owner;
    var more = new HashSet<>(urls);
    more.add(owner);
    return new SlotMap(epoch, serving, copy, more);
  }

  /** The same map, but for the slots that a master served before and, as it says, still serves. */
  SlotMap withClaims(String url, SlotMap own, SlotMap before) {
    var copy = owners.clone();
    for (var slot = 0; slot < Slots.COUNT; slot++) {
      if (before.owners[slot].equals(url) && own.owners[slot].equals(url)) {
        copy[slot] = url;
      }
    }
    return of(epoch, serving, copy);
  }

  /** The slots that another served before, each with that owner. */
  Map<Integer, String> changesSince(SlotMap before) {
    var changes = new HashMap<Integer, String>();
    for (var slot = 0; slot < Slots.COUNT; slot++) {
      if (!before.owners[slot].equals(owners[slot])) {
        changes.put(slot, before.owners[slot]);
      }
    }
    return changes;
  }
}
