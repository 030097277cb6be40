package dev.serverevents.bench;

import dev.serverevents.app.EmbeddedRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Requests that are answered with a job's result, beside an empty JSON route of the same server.
 */
final class Http {

  private static final int RUNS = Integer.getInteger("bench.runs", 5);
  private static final long WARM_UP_S = Math.max(1, Long.getLong("bench.warmup", 10_000) / 1_000);
  private static final long RUN_S = Math.max(1, Long.getLong("bench.ms", 2_000) / 1_000);
  private static final List<String> ROUTES = List.of("/empty", "/exact", "/direct");
  private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
  private static final String WRONG = "Non-2xx";

  /** How long each process has used a CPU, in us, or how long for a request. */
  private record Cpu(double server, double redis, double worker) {

    static final Cpu NONE = new Cpu(0, 0, 0);

    Cpu plus(Cpu other, double factor) {
      return new Cpu(
          server + factor * other.server,
          redis + factor * other.redis,
          worker + factor * other.worker);
    }

    String each(double requests) {
      return "%.1f | %.1f | %.1f".formatted(server / requests, redis / requests, worker / requests);
    }
  }

  private final Processes processes;

  Http(Processes processes) {
    this.processes = processes;
  }

  String run() throws IOException {
    var port = String.valueOf(EmbeddedRedis.freePort());
    var server = processes.jvm("http", HttpMain.class, processes.redisUrl(), port);
    var used = new LinkedHashMap<String, Cpu>();
    var rates = new LinkedHashMap<String, List<Double>>();
    try {
      for (var route : ROUTES) {
        wrk(port, route, WARM_UP_S);
        rates.put(route, new ArrayList<>());
        used.put(route, Cpu.NONE);
      }
    } catch (IOException absent) {
      return "no wrk here, so HTTP is left out: " + absent.getMessage();
    }
    for (var run = 0; run < RUNS; run++) {
      for (var route : ROUTES) {
        var before = cpu(server);
        rates.get(route).add(wrk(port, route, RUN_S));
        used.put(route, used.get(route).plus(cpu(server), 1).plus(before, -1));
      }
    }
    var table =
        new StringBuilder("| route | requests/s | against the empty one | server CPU us/request |")
            .append(" Redis CPU | worker CPU |\n|---|---|---|---|---|---|\n");
    var empty = median(rates.get("/empty"));
    rates.forEach(
        (route, all) ->
            table.append(
                "| %s | %,.0f | %.2f | %s |%n"
                    .formatted(
                        route,
                        median(all),
                        median(all) / empty,
                        used.get(route).each(RUN_S * all.stream().mapToDouble(r -> r).sum()))));
    return table.toString();
  }

  private Cpu cpu(Child server) {
    return new Cpu(us(server.cpu()), us(processes.redisCpu()), us(processes.worker().cpu()));
  }

  private static double us(Duration cpu) {
    return cpu.toNanos() / 1e3;
  }

  private static double wrk(String port, String route, long seconds) throws IOException {
    var process =
        new ProcessBuilder("wrk", "-t1", "-c64", "-d" + seconds, "http://127.0.0.1:" + port + route)
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var rate = RATE.matcher(output);
    if (!rate.find() || output.contains(WRONG)) {
      throw new IllegalStateException(output);
    }
    return Double.parseDouble(rate.group(1));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
