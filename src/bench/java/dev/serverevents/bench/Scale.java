package dev.serverevents.bench;

import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Job cycles on clusters of one and of three masters, by broadcast and sharded, and what an event
 * costs each node. The jobs' list is on a Redis of its own.
 */
final class Scale {

  private static final long MS = Long.getLong("bench.ms", 2_000);
  private static final long WARM_UP_MS = Long.getLong("bench.warmup", 4_000);
  private static final Pattern RECEIVED = Pattern.compile("bytes_received:(\\d+)");

  /** What a node has done so far. */
  private record Node(double cpuUs, long published, long busBytes, long busEvents) {

    static Node of(TestRedis redis) {
      var info = redis.command("INFO", "cpu").toString();
      var commands = redis.command("INFO", "commandstats").toString();
      var bus = redis.command("CLUSTER", "INFO").toString();
      return new Node(
          1e6 * (number(info, "used_cpu_user:") + number(info, "used_cpu_sys:")),
          (long)
              (number(commands, "cmdstat_publish:calls=")
                  + number(commands, "cmdstat_spublish:calls=")),
          busBytes(redis),
          (long)
              (number(bus, "cluster_stats_messages_publish_received:")
                  + number(bus, "cluster_stats_messages_publishshard_received:")));
    }

    private static double number(String text, String name) {
      var matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + "([0-9.]+)").matcher(text);
      return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }

    /** What it has received on the connections of the bus; 0 where ss is not installed. */
    private static long busBytes(TestRedis redis) {
      var port = redis.command("CONFIG", "GET", "cluster-port").get("cluster-port");
      var command = ("ss -tinH state established sport = :" + port).split(" ");
      try {
        var ss = new ProcessBuilder(command).start();
        var lines = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return RECEIVED
            .matcher(lines)
            .results()
            .mapToLong(received -> Long.parseLong(received.group(1)))
            .sum();
      } catch (IOException absent) {
        return 0;
      }
    }

    Node minus(Node before) {
      return new Node(
          cpuUs - before.cpuUs,
          published - before.published,
          busBytes - before.busBytes,
          busEvents - before.busEvents);
    }
  }

  private Scale() {}

  /** Measures, and returns a table. */
  static String run() throws IOException {
    var table =
        new StringBuilder(
            """
            Of each node, per event: CPU, events published there, events and bytes that came by the bus.

            | Pub/Sub | masters | in flight | cycles/s | lost | CPU us | published | by bus | bus bytes |
            |---|---|---|---|---|---|---|---|---|
            """);
    try (var queue = TestRedis.start()) {
      for (var masters : List.of(1, 3)) {
        for (var pubsub : PubSub.values()) {
          try (var cluster = new TestCluster(masters, 0)) {
            measure(cluster, pubsub, queue.url(), table);
          }
        }
      }
    }
    return table.toString();
  }

  private static void measure(TestCluster cluster, PubSub pubsub, String queue, StringBuilder table)
      throws IOException {
    var redis = cluster.options(pubsub, 0).toJson().encode();
    try (var worker = Child.jvm("worker", WorkerMain.class, "cluster", queue, redis);
        var api = Child.jvm("api", ApiMain.class, "ours cluster", queue, redis)) {
      for (var inFlight : List.of(64, 1024)) {
        api.ask("cycles " + inFlight + " " + WARM_UP_MS);
        var before = cluster.nodes().stream().map(Node::of).toList();
        var emitted = emits(worker);
        var cycles = new JsonObject(api.ask("cycles " + inFlight + " " + MS));
        var events = (double) (emits(worker) - emitted);
        var used = new ArrayList<Node>();
        for (var i = 0; i < before.size(); i++) {
          used.add(Node.of(cluster.nodes().get(i)).minus(before.get(i)));
        }
        table.append(
            "| %s | %d | %d | %,.0f | %d | %s | %s | %s | %s |%n"
                .formatted(
                    pubsub.name().toLowerCase(Locale.ROOT),
                    used.size(),
                    inFlight,
                    cycles.getDouble("cyclesPerSecond"),
                    cycles.getLong("lost"),
                    each(used, "%.1f", node -> node.cpuUs / events),
                    each(used, "%.2f", node -> node.published / events),
                    each(used, "%.2f", node -> node.busEvents / events),
                    each(used, "%.0f", node -> node.busBytes / events)));
      }
    }
  }

  private static long emits(Child worker) throws IOException {
    return new JsonObject(worker.ask("emits")).getLong("emits");
  }

  private static String each(List<Node> nodes, String format, ToDoubleFunction<Node> figure) {
    return nodes.stream()
        .map(node -> format.formatted(figure.applyAsDouble(node)))
        .collect(Collectors.joining(", "));
  }
}
