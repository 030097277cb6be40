package dev.serverevents.bench;

import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Job cycles on clusters of one and of three masters, by broadcast and sharded, all interleaved in
 * one run for each cluster, medians of {@value #RUNS}; and what an event costs each node. The jobs'
 * lists are on Redis servers of their own.
 */
final class Scale {

  private static final int RUNS = Integer.getInteger("bench.runs", 5);
  private static final long MS = Long.getLong("bench.ms", 2_000);
  private static final long WARM_UP_MS = Long.getLong("bench.warmup", 12_000);
  private static final List<Integer> IN_FLIGHT = List.of(64, 1024);
  private static final String MASTERS = System.getProperty("bench.masters", "1,3");

  private static final String HEAD =
      """
      Per event: CPU of the API server and of the worker, and of each node its CPU, its reads, the
      events published there, and the events and bytes that came by the bus; and how many inboxes
      lie there.

      | Pub/Sub | masters | in flight | cycles/s | lost | against %s | API CPU us | worker CPU us | node CPU us | reads | published | by bus | bus bytes | inboxes |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  /** What a node has done so far. */
  private record Node(
      double cpuUs, double reads, double published, double busBytes, double busEvents) {

    static final Node NONE = new Node(0, 0, 0, 0, 0);

    static Node of(TestRedis redis) {
      var info = redis.command("INFO", "cpu").toString();
      var stats = redis.command("INFO", "stats").toString();
      var commands = redis.command("INFO", "commandstats").toString();
      return new Node(
          1e6 * (NodeUse.number(info, "used_cpu_user:") + NodeUse.number(info, "used_cpu_sys:")),
          NodeUse.number(stats, "total_reads_processed:"),
          NodeUse.number(commands, "cmdstat_publish:calls=")
              + NodeUse.number(commands, "cmdstat_spublish:calls="),
          NodeUse.busBytes(redis),
          NodeUse.published(redis.command("CLUSTER", "INFO").toString()));
    }

    Node plus(Node other, int sign) {
      return new Node(
          cpuUs + sign * other.cpuUs,
          reads + sign * other.reads,
          published + sign * other.published,
          busBytes + sign * other.busBytes,
          busEvents + sign * other.busEvents);
    }
  }

  /**
   * An API server with a worker of its own, and what has been measured of it, by waits in flight.
   */
  private static final class Pair implements AutoCloseable {
    final String name;
    final TestRedis queue = TestRedis.start();
    final Child worker;
    final Child api;
    final Map<Integer, List<Result>> runs = new HashMap<>();
    final Map<Integer, List<Node>> used = new HashMap<>();
    final Map<Integer, Double> events = new HashMap<>();
    final Map<Integer, Double> apiUs = new HashMap<>();
    final Map<Integer, Double> workerUs = new HashMap<>();

    Pair(TestCluster cluster, PubSub pubsub, String mode) throws IOException {
      name = pubsub.name().toLowerCase(Locale.ROOT) + " " + mode;
      var redis = cluster.options(pubsub, 0).toJson().encode();
      worker = Child.jvm("worker", WorkerMain.class, "cluster", queue.url(), redis);
      api = Child.jvm(name, ApiMain.class, "ours cluster " + mode, queue.url(), redis);
    }

    void measure(TestCluster cluster, int inFlight) throws IOException {
      var before = cluster.nodes().stream().map(Node::of).toList();
      var emitted = emits();
      var apiBefore = cpuUs(api);
      var workerBefore = cpuUs(worker);
      var cycles = api.ask("cycles " + inFlight + " " + MS);
      runs.computeIfAbsent(inFlight, c -> new ArrayList<>()).add(Result.of(cycles));
      apiUs.merge(inFlight, cpuUs(api) - apiBefore, Double::sum);
      workerUs.merge(inFlight, cpuUs(worker) - workerBefore, Double::sum);
      events.merge(inFlight, emits() - emitted, Double::sum);
      var sums =
          used.computeIfAbsent(
              inFlight, c -> new ArrayList<>(Collections.nCopies(before.size(), Node.NONE)));
      for (var i = 0; i < before.size(); i++) {
        var now = Node.of(cluster.nodes().get(i));
        sums.set(i, sums.get(i).plus(now, 1).plus(before.get(i), -1));
      }
    }

    private double emits() throws IOException {
      return new JsonObject(worker.ask("emits")).getDouble("emits");
    }

    private static double cpuUs(Child process) {
      return process.cpu().toNanos() / 1e3;
    }

    double cyclesPerSecond(int inFlight) {
      return Result.median(runs.get(inFlight)).cyclesPerSecond();
    }

    String perEvent(int inFlight, Map<Integer, Double> figure) {
      return "%.1f".formatted(figure.get(inFlight) / events.get(inFlight));
    }

    String each(int inFlight, String format, ToDoubleFunction<Node> figure) {
      return used.get(inFlight).stream()
          .map(node -> format.formatted(figure.applyAsDouble(node) / events.get(inFlight)))
          .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
      api.close();
      worker.close();
      queue.close();
    }
  }

  private Scale() {}

  /** Measures, and returns a table. */
  static String run() throws IOException {
    var tables = new StringBuilder();
    for (var masters : MASTERS.split(",", -1)) {
      try (var cluster = new TestCluster(Integer.parseInt(masters), 0);
          var broadcast = new Pair(cluster, PubSub.BROADCAST, "exact");
          var exact = new Pair(cluster, PubSub.SHARDED, "exact");
          var direct = new Pair(cluster, PubSub.SHARDED, "direct")) {
        tables.append(measure(cluster, List.of(broadcast, exact, direct)));
      }
    }
    return tables.toString();
  }

  private static String measure(TestCluster cluster, List<Pair> pairs) throws IOException {
    for (var pair : pairs) {
      for (var inFlight : IN_FLIGHT) {
        pair.api.ask("cycles " + inFlight + " " + WARM_UP_MS);
      }
    }
    for (var run = 0; run < RUNS; run++) {
      for (var inFlight : IN_FLIGHT) {
        for (var pair : pairs) {
          pair.measure(cluster, inFlight);
        }
      }
    }
    var peers = pairs.stream().limit(2).map(pair -> pair.name).collect(Collectors.joining(", "));
    var table = new StringBuilder(HEAD.formatted(peers));
    for (var pair : pairs) {
      for (var inFlight : IN_FLIGHT) {
        table.append(row(cluster, pair, inFlight, pairs));
      }
    }
    return table.append(System.lineSeparator()).toString();
  }

  private static String row(TestCluster cluster, Pair pair, int inFlight, List<Pair> pairs) {
    var result = Result.median(pair.runs.get(inFlight));
    var ratios =
        pairs.stream()
            .limit(2)
            .map(
                peer -> "%.2f".formatted(result.cyclesPerSecond() / peer.cyclesPerSecond(inFlight)))
            .collect(Collectors.joining(", "));
    var inboxes =
        cluster.nodes().stream()
            .map(node -> node.command("PUBSUB", "SHARDCHANNELS", "$inbox:bench:*").size())
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    return "| %s | %d | %d | %,.0f | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n"
        .formatted(
            pair.name,
            cluster.nodes().size(),
            inFlight,
            result.cyclesPerSecond(),
            result.lost(),
            ratios,
            pair.perEvent(inFlight, pair.apiUs),
            pair.perEvent(inFlight, pair.workerUs),
            pair.each(inFlight, "%.1f", Node::cpuUs),
            pair.each(inFlight, "%.2f", Node::reads),
            pair.each(inFlight, "%.2f", Node::published),
            pair.each(inFlight, "%.2f", Node::busEvents),
            pair.each(inFlight, "%.0f", Node::busBytes),
            pair.name.endsWith("direct") ? inboxes : "");
  }
}
