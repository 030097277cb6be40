package dev.serverevents.bench;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkOptions;
import dev.serverevents.app.EmbeddedRedis;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Cycles with a worker in each language, one at a time and in turns: a request, its job on a list
 * in Redis, the worker that takes it and loses none, and its result.
 */
final class Languages {

  private static final int RUNS = Integer.getInteger("bench.runs", 5);
  private static final long RUN_MS = Long.getLong("bench.ms", 2_000);
  private static final long WARM_UP_MS = Long.getLong("bench.warmup", 10_000);
  private static final Path MODULES = Path.of("target", "bench-node").toAbsolutePath();
  private static final String SCRIPTS = "src/bench/languages/";

  private final Map<String, List<Double>> medians = new LinkedHashMap<>();

  /** Measures, and returns a table. */
  String run() throws Exception {
    var redis = EmbeddedRedis.start();
    var vertx = Vertx.vertx();
    var workers = new ArrayList<Child>();
    try {
      vertx.deployVerticle(ServerEventsVerticle.of(redis.url())).await();
      var events = ServerEvents.create(vertx);
      workers.add(start("java", () -> Child.jvm("java", Worker.class, redis.url())));
      workers.add(start("node", () -> node(redis.url())));
      workers.add(
          start(
              "python",
              () -> Child.ready("python", "python3", SCRIPTS + "worker.py", redis.url())));
      for (var language : medians.keySet()) {
        p50(events, language, WARM_UP_MS);
      }
      for (var run = 0; run < RUNS; run++) {
        for (var language : medians.keySet()) {
          medians.get(language).add(p50(events, language, RUN_MS));
        }
      }
      return table();
    } finally {
      workers.stream().filter(worker -> worker != null).forEach(Child::close);
      vertx.close().await();
      redis.close();
    }
  }

  /** How to start a worker. */
  private interface Starting {
    Child start() throws IOException;
  }

  private Child start(String language, Starting starting) {
    try {
      var child = starting.start();
      medians.put(language, new ArrayList<>());
      return child;
    } catch (IOException absent) {
      System.out.println("no worker in " + language + " here: " + absent.getMessage());
      return null;
    }
  }

  private static Child node(String url) throws IOException {
    Files.createDirectories(MODULES);
    Child.run("npm", "install", "--no-audit", "--no-fund", "--prefix", MODULES.toString(), "redis");
    return Child.ready("node", "node", SCRIPTS + "worker.mjs", url, MODULES.toString());
  }

  /** The median of cycles one after the other, in us. */
  private static double p50(ServerEvents events, String language, long ms) throws Exception {
    var name = "bench." + language;
    var jobs = events.jobList(name);
    var options = WaitOptions.DEFAULT.timeout(Contender.TIMEOUT_MS).watchWorker();
    var latencies = new ArrayList<Long>();
    var end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    for (long id = 0; System.nanoTime() - end < 0; id++) {
      var began = System.nanoTime();
      events.request(name, id, options, jobs::push).await();
      latencies.add(System.nanoTime() - began);
    }
    latencies.sort(null);
    return latencies.get(latencies.size() / 2) / 1_000.0;
  }

  private String table() {
    var table = new StringBuilder("| worker | p50 us | against Java |\n|---|---|---|\n");
    var java = median("java");
    for (var language : medians.keySet()) {
      var p50 = median(language);
      table.append("| %s | %,.0f | %.2f |%n".formatted(language, p50, p50 / java));
    }
    return table.toString();
  }

  private double median(String language) {
    return medians.get(language).stream().sorted().toList().get(RUNS / 2);
  }

  /** The worker in Java. */
  static final class Worker {

    private Worker() {}

    /** Takes the URL of Redis. */
    public static void main(String[] args) {
      var vertx = Vertx.vertx();
      vertx.deployVerticle(ServerEventsVerticle.of(args[0])).await();
      var events = ServerEvents.create(vertx);
      var result = Future.succeededFuture(WorkerMain.RESULT);
      events
          .work(
              "bench.java",
              events.jobList("bench.java"),
              WorkOptions.DEFAULT.concurrency(100),
              job -> result)
          .ready()
          .await();
      System.out.println("ready");
    }
  }
}
