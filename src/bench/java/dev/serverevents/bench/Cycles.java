package dev.serverevents.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Job cycles: all contenders interleaved in one run, medians of {@value #RUNS}. */
final class Cycles {

  private static final int RUNS = Integer.getInteger("bench.runs", 5);
  private static final long RUN_MS = Long.getLong("bench.ms", 2_000);
  private static final long WARM_UP_MS = Long.getLong("bench.warmup", 10_000);
  private static final List<Integer> IN_FLIGHT = List.of(1, 64, 1024);

  private final Map<String, Child> apis;
  private final List<Child> processes;

  Cycles(Processes processes) {
    this.apis = processes.apis();
    this.processes = processes.all();
  }

  /** Measures, draws target/bench.svg, and returns a table. */
  String run() throws IOException {
    var results = measure();
    Files.writeString(Path.of("target", "bench.svg"), Chart.of(results, IN_FLIGHT));
    return table(results);
  }

  private Map<String, Map<Integer, Result>> measure() throws IOException {
    for (var api : apis.values()) {
      System.out.println("warming up " + api.name);
      for (var inFlight : IN_FLIGHT) {
        api.ask("cycles " + inFlight + " " + WARM_UP_MS);
      }
    }
    var runs = new HashMap<String, List<Result>>();
    for (var run = 0; run < RUNS; run++) {
      System.out.println("run " + (run + 1) + " of " + RUNS);
      for (var inFlight : IN_FLIGHT) {
        for (var name : apis.keySet()) {
          runs.computeIfAbsent(name + inFlight, key -> new ArrayList<>())
              .add(measure(apis.get(name), inFlight));
        }
      }
    }
    var medians = new LinkedHashMap<String, Map<Integer, Result>>();
    for (var name : apis.keySet()) {
      medians.put(
          name,
          IN_FLIGHT.stream()
              .collect(Collectors.toMap(c -> c, c -> Result.median(runs.get(name + c)))));
    }
    return medians;
  }

  private Result measure(Child api, int inFlight) throws IOException {
    var before = processes.stream().collect(Collectors.toMap(child -> child, Child::cpu));
    var began = System.nanoTime();
    var answer = api.ask("cycles " + inFlight + " " + RUN_MS);
    var ns = System.nanoTime() - began;
    var busiest =
        processes.stream()
            .max(Comparator.comparing(child -> child.cpu().minus(before.get(child))))
            .orElseThrow();
    var share = percent(busiest.cpu().minus(before.get(busiest)), ns);
    return Result.of(answer, (busiest == api ? "api" : busiest.name) + " " + share);
  }

  private static String percent(Duration cpu, long ns) {
    return Math.round(100.0 * cpu.toNanos() / ns) + " %";
  }

  private static String table(Map<String, Map<Integer, Result>> results) {
    var table = new StringBuilder("| | in flight | cycles/s | p50 us | p99 us | lost |");
    table.append(" API CPU us/cycle | busiest process | against NATS | against the floor |\n");
    table.append("|---|---|---|---|---|---|---|---|---|---|\n");
    results.forEach(
        (name, byInFlight) ->
            IN_FLIGHT.forEach(
                inFlight -> table.append(row(name, inFlight, byInFlight.get(inFlight), results))));
    return table.append(explained(results)).toString();
  }

  /** What it costs to remember what happened, where that is measured. */
  private static String explained(Map<String, Map<Integer, Result>> results) {
    var lines = new StringBuilder();
    results.forEach(
        (name, with) -> {
          var without = results.get(name + " unexplained");
          if (without != null) {
            for (var inFlight : IN_FLIGHT) {
              lines.append(
                  "%n%s, %d in flight: %.3f of the cycles/s with explain.steps 0"
                      .formatted(
                          name,
                          inFlight,
                          with.get(inFlight).cyclesPerSecond()
                              / without.get(inFlight).cyclesPerSecond()));
            }
          }
        });
    return lines.toString();
  }

  private static String row(
      String name, int inFlight, Result result, Map<String, Map<Integer, Result>> all) {
    var floor = name.startsWith("ours direct") ? "floor direct" : "floor exact";
    return "| %s | %d | %,.0f | %,.0f | %,.0f | %d | %.1f | %s | %s | %s |%n"
        .formatted(
            name,
            inFlight,
            result.cyclesPerSecond(),
            result.p50(),
            result.p99(),
            result.lost(),
            result.cpu(),
            result.saturated(),
            ratio(result, inFlight, all.get("nats")),
            ratio(result, inFlight, all.get(floor)));
  }

  /** Of p50 where one cycle is in flight, else of cycles/s. */
  private static String ratio(Result result, int inFlight, Map<Integer, Result> peer) {
    if (peer == null) {
      return "";
    }
    return inFlight == 1
        ? "p50 %.2f".formatted(result.p50() / peer.get(inFlight).p50())
        : "%.2f".formatted(result.cyclesPerSecond() / peer.get(inFlight).cyclesPerSecond());
  }
}
