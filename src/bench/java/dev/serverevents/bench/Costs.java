package dev.serverevents.bench;

import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a wait costs that only begins and ends, and a cycle of wait, emit and result: 1 to 8 API
 * servers on clusters of 1 to 6 masters. The jobs' list is on a Redis of its own.
 */
final class Costs {

  private static final long MS = Long.getLong("bench.ms", 2_000);
  private static final long WARM_UP_MS = Long.getLong("bench.warmup", 4_000);
  private static final int WAITS = Integer.getInteger("bench.waits", 5_000);
  private static final List<Integer> MASTERS = numbers("bench.masters", "1,3,6");
  private static final List<Integer> SERVERS = numbers("bench.servers", "1,4,8");
  private static final int IN_FLIGHT = 256;

  private final StringBuilder waits =
      new StringBuilder(
          """
          A wait that begins and ends; of all nodes together, but for the memory, which is that of \
          Redis and of the server while the wait is pending.

          | mode | masters | servers | commands | bytes in | bytes out | Redis us | Redis bytes | server us | heap bytes |
          |---|---|---|---|---|---|---|---|---|---|
          """);

  private final StringBuilder cycles =
      new StringBuilder(
          """

          A cycle: a wait, the hand-over of its job, and its event; of all nodes together.

          | mode | masters | servers | commands | bytes in | bytes out | by bus | bus bytes | Redis us | busiest node us | server us |
          |---|---|---|---|---|---|---|---|---|---|---|
          """);

  private Costs() {}

  private static List<Integer> numbers(String property, String usual) {
    var numbers = System.getProperty(property, usual).split(",", -1);
    return Arrays.stream(numbers).map(Integer::valueOf).toList();
  }

  /** Measures, and returns two tables. */
  static String run() throws IOException {
    var costs = new Costs();
    try (var queue = TestRedis.start()) {
      for (var masters : MASTERS) {
        try (var cluster = new TestCluster(masters, 0)) {
          for (var pubsub : PubSub.values()) {
            for (var mode : List.of("exact", "direct")) {
              costs.measure(cluster, pubsub, mode, queue.url());
            }
          }
        }
      }
    }
    return costs.waits.append(costs.cycles).toString();
  }

  private void measure(TestCluster cluster, PubSub pubsub, String mode, String queue)
      throws IOException {
    var redis = cluster.options(pubsub, 0).toJson().encode();
    var name = pubsub.name().toLowerCase(Locale.ROOT) + " " + mode;
    try (var worker = Child.jvm("worker", WorkerMain.class, "cluster", queue, redis);
        var api = Child.jvm("servers", ServersMain.class, mode, queue, redis)) {
      for (var servers : SERVERS) {
        api.ask("servers " + servers);
        api.ask("cycles " + IN_FLIGHT + " " + (servers.equals(SERVERS.get(0)) ? WARM_UP_MS : MS));
        var row = "| %s | %d | %d |".formatted(name, cluster.nodes().size(), servers);
        add(waits, row + waits(cluster, api));
        add(cycles, row + cycles(cluster, api, worker));
      }
    }
  }

  /** It is printed at once as well, since all of them take minutes. */
  private static void add(StringBuilder table, String row) {
    System.out.print(row);
    table.append(row);
  }

  private static String waits(TestCluster cluster, Child api) throws IOException {
    var memory = memory(cluster);
    var before = uses(cluster);
    var registered = new JsonObject(api.ask("register " + WAITS));
    var pending = memory(cluster) - memory;
    var ended = new JsonObject(api.ask("end 0"));
    Await.until(() -> cluster.nodes().stream().noneMatch(Costs::hasWaits));
    var used = since(cluster, before, WAITS);
    return " %.2f | %.0f | %.0f | %.2f | %.0f | %.1f | %.0f |%n"
        .formatted(
            sum(used, NodeUse::commands),
            sum(used, NodeUse::in),
            sum(used, NodeUse::out),
            sum(used, NodeUse::cpuUs),
            Math.max(0, pending / WAITS),
            (registered.getDouble("cpuUs") + ended.getDouble("cpuUs")) / WAITS,
            registered.getDouble("heapBytes") / WAITS);
  }

  private static String cycles(TestCluster cluster, Child api, Child worker) throws IOException {
    var emitted = emits(worker);
    var before = uses(cluster);
    var cycles = new JsonObject(api.ask("cycles " + IN_FLIGHT + " " + MS));
    var used = since(cluster, before, emits(worker) - emitted);
    return " %.2f | %.0f | %.0f | %.2f | %.0f | %.2f | %.2f | %.1f |%n"
        .formatted(
            sum(used, NodeUse::commands),
            sum(used, NodeUse::in),
            sum(used, NodeUse::out),
            sum(used, NodeUse::bus),
            sum(used, NodeUse::busBytes),
            sum(used, NodeUse::cpuUs),
            used.stream().mapToDouble(NodeUse::cpuUs).max().orElseThrow(),
            cycles.getDouble("cpu"));
  }

  private static boolean hasWaits(TestRedis node) {
    return node.allChannels().stream().anyMatch(channel -> channel.startsWith("pending:"));
  }

  private static double emits(Child worker) throws IOException {
    return new JsonObject(worker.ask("emits")).getDouble("emits");
  }

  private static double memory(TestCluster cluster) {
    return cluster.nodes().stream().mapToDouble(NodeUse::memory).sum();
  }

  private static List<NodeUse> uses(TestCluster cluster) {
    return cluster.nodes().stream().map(NodeUse::of).toList();
  }

  private static List<NodeUse> since(TestCluster cluster, List<NodeUse> before, double many) {
    var now = uses(cluster);
    return IntStream.range(0, now.size())
        .mapToObj(i -> now.get(i).since(before.get(i), many))
        .toList();
  }

  private static double sum(List<NodeUse> nodes, ToDoubleFunction<NodeUse> figure) {
    return nodes.stream().mapToDouble(figure).sum();
  }
}
