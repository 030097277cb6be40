package dev.serverevents.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
  private final Processes processes;

  Cycles(Processes processes) {
    this.apis = processes.apis();
    this.processes = processes;
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
    var before = cpu();
    var began = System.nanoTime();
    var result = Result.of(api.ask("cycles " + inFlight + " " + RUN_MS));
    var ns = System.nanoTime() - began;
    var used = cpu();
    used.replaceAll((name, cpu) -> cpu - before.get(name));
    var busiest = Collections.max(used.entrySet(), Map.Entry.comparingByValue());
    var all = used.values().stream().mapToLong(Long::longValue).sum() / 1_000.0 / result.cycles();
    return result.with(
        all,
        "%s %d %%"
            .formatted(
                busiest.getKey().equals(api.name) ? "api" : busiest.getKey(),
                Math.round(100.0 * busiest.getValue() / ns)));
  }

  /** How long each process has used a CPU, in ns. */
  private Map<String, Long> cpu() {
    var used = new HashMap<String, Long>();
    processes.all().forEach(child -> used.put(child.name, child.cpu().toNanos()));
    used.put("redis", processes.redisCpu().toNanos());
    return used;
  }

  private static String table(Map<String, Map<Integer, Result>> results) {
    var table = new StringBuilder("| | in flight | cycles/s | p50 us | p99 us | lost |");
    table.append(" API CPU us/cycle | all CPU us/cycle | busiest process | against NATS |");
    table.append(" CPU against NATS | against the floor |\n");
    table.append("|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    results.forEach(
        (name, byInFlight) ->
            IN_FLIGHT.forEach(
                inFlight -> table.append(row(name, inFlight, byInFlight.get(inFlight), results))));
    return table
        .append("%nA wake-up of another thread costs %.1f us here.".formatted(WakeUp.us()))
        .toString();
  }

  private static String row(
      String name, int inFlight, Result result, Map<String, Map<Integer, Result>> all) {
    var floor = name.startsWith("ours direct") ? "floor direct" : "floor exact";
    return "| %s | %d | %,.0f | %,.0f | %,.0f | %d | %.1f | %.1f | %s | %s | %s | %s |%n"
        .formatted(
            name,
            inFlight,
            result.cyclesPerSecond(),
            result.p50(),
            result.p99(),
            result.lost(),
            result.cpu(),
            result.allCpu(),
            result.saturated(),
            ratio(result, inFlight, all.get("nats")),
            cpuRatio(result, inFlight, all.get("nats")),
            ratio(result, inFlight, all.get(floor)));
  }

  /** Of what all processes that take part use for a cycle, which is what a bill is made of. */
  private static String cpuRatio(Result result, int inFlight, Map<Integer, Result> peer) {
    return peer == null ? "" : "%.2f".formatted(result.allCpu() / peer.get(inFlight).allCpu());
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
