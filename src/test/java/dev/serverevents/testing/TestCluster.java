package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.RedisServerOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * A Redis Cluster of real processes: masters, and a replica for each if wanted. Slots are moved as
 * the documentation of CLUSTER SETSLOT has it.
 */
public final class TestCluster implements AutoCloseable {

  private static final int SLOTS = 16_384;

  /** Nodes that do not answer are soon given up. */
  private static final String NODE_TIMEOUT_MS = "1000";

  private static final int MOVED_AT_ONCE = 16;

  private final List<TestRedis> nodes = new ArrayList<>();
  private final Map<TestRedis, String> ids = new LinkedHashMap<>();
  private final RedisPlace place;

  /** Starts one, and returns when all of its nodes agree that it is complete. */
  public TestCluster(int masters, int replicasOfEach) {
    this(RedisPlace.usual(), masters, replicasOfEach);
  }

  /** The same, there. */
  public TestCluster(RedisPlace place, int masters, int replicasOfEach) {
    this.place = place;
    for (var i = 0; i < masters; i++) {
      add();
    }
    for (var i = 0; i < masters; i++) {
      nodes
          .get(i)
          .command("CLUSTER", "ADDSLOTSRANGE", SLOTS * i / masters, SLOTS * (i + 1) / masters - 1);
    }
    awaitComplete();
    for (var i = 0; i < masters * replicasOfEach; i++) {
      var master = nodes.get(i % masters);
      add().command("CLUSTER", "REPLICATE", id(master));
    }
    awaitComplete();
  }

  /** Starts a node without slots, which the others get to know. */
  public TestRedis add() {
    var node =
        TestRedis.start(
            place,
            Map.of(),
            "--cluster-enabled",
            "yes",
            "--cluster-port",
            String.valueOf(TestRedis.freePort()),
            "--cluster-node-timeout",
            NODE_TIMEOUT_MS);
    ids.put(node, node.command("CLUSTER", "MYID").toString());
    nodes.add(node);
    if (nodes.size() > 1) {
      var first = nodes.get(0);
      var bus = first.command("CONFIG", "GET", "cluster-port").get("cluster-port");
      node.command("CLUSTER", "MEET", "127.0.0.1", first.port(), bus);
      Await.until(() -> nodes.stream().allMatch(n -> knows(n, node) && knows(node, n)));
    }
    return node;
  }

  private boolean knows(TestRedis node, TestRedis other) {
    return node.command("CLUSTER", "NODES")
        .toString()
        .lines()
        .anyMatch(line -> line.startsWith(id(other)) && !line.contains("handshake"));
  }

  private String id(TestRedis node) {
    return Objects.requireNonNull(ids.get(node));
  }

  /**
   * Returns when all nodes say that every slot is served, every replica is up, and every node has
   * its links both ways with every other, which are made some time after they know each other.
   */
  public void awaitComplete() {
    Await.until(
        () ->
            nodes.stream()
                .allMatch(
                    node ->
                        node.command("CLUSTER", "INFO").toString().contains("cluster_state:ok")
                            && node.command("CLUSTER", "NODES")
                                .toString()
                                .lines()
                                .noneMatch(line -> line.contains("fail"))
                            && isInSync(node)
                            && isLinked(node)));
  }

  private boolean isLinked(TestRedis node) {
    return node.command("CLUSTER", "LINKS").size() == 2 * (nodesUp(node) - 1);
  }

  private static long nodesUp(TestRedis node) {
    return node.command("CLUSTER", "NODES").toString().lines().count();
  }

  private static boolean isInSync(TestRedis node) {
    var info = node.command("INFO", "replication").toString();
    return info.contains("role:master") || info.contains("master_link_status:up");
  }

  /** Where it is, sharded or broadcast, for an emit to complete once so many replicas have it. */
  public RedisServerOptions options(RedisServerOptions.PubSub pubsub, int replicas) {
    var endpoints = new JsonArray();
    nodes.forEach(node -> endpoints.add(node.url()));
    return new RedisServerOptions(
        new JsonObject()
            .put("type", "cluster")
            .put("pubsub", pubsub.name().toLowerCase(Locale.ROOT))
            .put("endpoints", endpoints)
            .put("replicas", replicas));
  }

  /** Has a node tell everybody that it is where its proxy is. */
  public void announce(TestRedis node, TcpProxy proxy) {
    node.command("CONFIG", "SET", "cluster-announce-port", proxy.port());
    var address = "127.0.0.1:" + proxy.port() + "@";
    Await.until(
        () ->
            nodes.stream()
                .allMatch(n -> n.command("CLUSTER", "NODES").toString().contains(address)));
  }

  /** Has every link between two nodes go through a proxy, which none takes for a failed node. */
  public List<TcpProxy> putProxiesBetweenNodes() {
    var proxies = new ArrayList<TcpProxy>();
    for (var node : nodes) {
      var bus = node.command("CONFIG", "GET", "cluster-port").get("cluster-port").toInteger();
      var proxy = TcpProxy.beforePort(bus);
      proxies.add(proxy);
      node.command("CONFIG", "SET", "cluster-announce-bus-port", proxy.port());
      node.command("CONFIG", "SET", "cluster-node-timeout", 60_000);
    }
    Await.until(() -> proxies.stream().allMatch(proxy -> proxy.open() >= nodes.size() - 1));
    awaitIncomingLinks();
    return proxies;
  }

  /** Returns when all nodes are connected to all others. */
  public void awaitIncomingLinks() {
    Await.until(() -> nodes.stream().allMatch(node -> incomingLinks(node) == nodes.size() - 1));
  }

  private static long incomingLinks(TestRedis node) {
    var count = 0;
    for (var link : node.command("CLUSTER", "LINKS")) {
      count += link.get("direction").toString().equals("from") ? 1 : 0;
    }
    return count;
  }

  public List<TestRedis> nodes() {
    return List.copyOf(nodes);
  }

  /** Those that serve slots, as one that is up sees it. */
  public List<TestRedis> masters() {
    return slots().stream().map(range -> node(range.get(2))).distinct().toList();
  }

  /** The master that serves a slot. */
  public TestRedis owner(int slot) {
    return owner(slot, anyAlive());
  }

  /** The same, as a node sees it. */
  public TestRedis owner(int slot, TestRedis asked) {
    return slots(asked).stream()
        .filter(range -> range.get(0).toInteger() <= slot && slot <= range.get(1).toInteger())
        .map(range -> node(range.get(2)))
        .findFirst()
        .orElseThrow();
  }

  /** The slots that a master serves. */
  public List<Integer> slotsOf(TestRedis master) {
    var all = new ArrayList<Integer>();
    for (var range : slots()) {
      if (node(range.get(2)) == master) {
        for (var slot = range.get(0).toInteger(); slot <= range.get(1).toInteger(); slot++) {
          all.add(slot);
        }
      }
    }
    return all;
  }

  /** The slot of a key or a channel, as Redis says. */
  public int slot(String key) {
    return anyAlive().command("CLUSTER", "KEYSLOT", key).toInteger();
  }

  private List<Response> slots() {
    return slots(anyAlive());
  }

  private static List<Response> slots(TestRedis asked) {
    return StreamSupport.stream(asked.command("CLUSTER", "SLOTS").spliterator(), false).toList();
  }

  private TestRedis anyAlive() {
    return nodes.stream().filter(TestRedis::isAlive).findFirst().orElseThrow();
  }

  private TestRedis node(Response address) {
    var id = address.get(2).toString();
    return ids.entrySet().stream()
        .filter(entry -> entry.getValue().equals(id))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** Moves slots with their keys to another master, some at a time, and tells all masters. */
  public void move(List<Integer> slots, TestRedis from, TestRedis to) {
    var others = masters().stream().filter(master -> master != from && master != to).toList();
    InFlight.run(
        slots.size(), MOVED_AT_ONCE, i -> move(slots.get(i), from, to, others).map(slots.get(i)));
  }

  /** Moves a slot with its keys, and tells nobody but its new master. */
  public Future<?> beginMove(int slot, TestRedis from, TestRedis to) {
    return to.send("CLUSTER", "SETSLOT", slot, "IMPORTING", id(from))
        .compose(v -> from.send("CLUSTER", "SETSLOT", slot, "MIGRATING", id(to)))
        .compose(v -> moveKeys(slot, from, to))
        .compose(v -> to.send("CLUSTER", "SETSLOT", slot, "NODE", id(to)));
  }

  private Future<?> move(int slot, TestRedis from, TestRedis to, List<TestRedis> others) {
    return beginMove(slot, from, to)
        .compose(v -> from.send("CLUSTER", "SETSLOT", slot, "NODE", id(to)))
        .recover(TestCluster::unlessReplica)
        .compose(
            v ->
                Future.all(
                    others.stream()
                        .map(other -> other.send("CLUSTER", "SETSLOT", slot, "NODE", id(to)))
                        .toList()));
  }

  /** A master that has lost its last slot becomes a replica of whom it lost it to. */
  private static Future<Response> unlessReplica(Throwable cause) {
    return cause.getMessage().equals("ERR Please use SETSLOT only with masters.")
        ? Future.succeededFuture()
        : Future.failedFuture(cause);
  }

  private static Future<Void> moveKeys(int slot, TestRedis from, TestRedis to) {
    return from.send("CLUSTER", "GETKEYSINSLOT", slot, 100)
        .compose(
            keys -> {
              if (keys.size() == 0) {
                return Future.succeededFuture();
              }
              var migrate = new ArrayList<Object>(List.of("127.0.0.1", to.port(), "", 0, 5_000));
              migrate.add("KEYS");
              keys.forEach(migrate::add);
              return from.send("MIGRATE", migrate.toArray())
                  .compose(done -> moveKeys(slot, from, to));
            });
  }

  /** Has a replica of a master take its place, while it lives. */
  public void failOver(TestRedis master) {
    nodes.stream()
        .filter(node -> node.command("ROLE").get(0).toString().equals("slave"))
        .filter(node -> node.command("ROLE").get(2).toInteger() == master.port())
        .forEach(replica -> replica.command("CLUSTER", "FAILOVER"));
  }

  /** Has all forget a node, and ends it. */
  public void remove(TestRedis node) {
    nodes.remove(node);
    nodes.forEach(other -> other.command("CLUSTER", "FORGET", id(node)));
    node.close();
  }

  /** Checks, after a test, what the {@link ServerExtension} checks of one Redis. */
  public void checkNothingIsLeft() {
    for (var node : nodes) {
      Await.untilAsserted(
          () ->
              assertThat(node.connections())
                  .as("connections after the test")
                  .allMatch(line -> line.contains(" flags=S ") || line.contains(" flags=M ")));
      assertThat(node.allChannels()).as("channels after the test").isEmpty();
    }
    for (var master : masters()) {
      assertThat(master.lastingKeys()).as("keys that do not expire").isEmpty();
      master.command("FLUSHALL");
    }
  }

  @Override
  public void close() {
    nodes.forEach(TestRedis::close);
  }
}
