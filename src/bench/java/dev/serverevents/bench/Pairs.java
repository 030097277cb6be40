package dev.serverevents.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What a setting costs: the same contender with it and without it, in one process. Two processes
 * that are alike in all differ by more, since each is compiled on its own; that is why several are
 * begun, one after the other. In each, many short runs of both follow each other, the first of a
 * round being the second of the next; the figures are the medians of all rounds' ratios, and
 * between what they are in 95 of 100 cases.
 */
final class Pairs {

  private static final int PROCESSES = Integer.getInteger("bench.runs", 5);
  private static final int ROUNDS = 80;
  private static final long RUN_MS = Long.getLong("bench.ms", 2_000) / 20;
  private static final long WARM_UP_MS = Long.getLong("bench.warmup", 10_000) / 2;
  private static final List<Integer> IN_FLIGHT = List.of(1, 64, 1024);

  /** The ratios of all rounds. */
  private static final class Ratios {

    private final List<Double> cycles = new ArrayList<>();
    private final List<Double> p50 = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();

    void add(Result with, Result without) {
      cycles.add(with.cyclesPerSecond() / without.cyclesPerSecond());
      p50.add(with.p50() / without.p50());
      cpu.add(with.cpu() / without.cpu());
    }
  }

  /** Each with what it is compared with; pairs of the same show what is no difference at all. */
  private static final List<List<String>> PAIRS =
      List.of(
          List.of("ours direct", "ours direct"),
          List.of("ours direct explained", "ours direct explained"),
          List.of("ours direct explained", "ours direct unexplained"),
          List.of("ours exact explained", "ours exact explained"),
          List.of("ours exact explained", "ours exact unexplained"),
          List.of("ours direct loops", "ours direct"),
          List.of("ours exact loops", "ours exact"));

  private final Processes processes;
  private final List<String> wanted;

  /** Measures those pairs of which one is wanted; all if {@code wanted} is empty. */
  Pairs(Processes processes, List<String> wanted) {
    this.processes = processes;
    this.wanted = wanted;
  }

  String run() throws IOException {
    var table =
        new StringBuilder("| | against | in flight | cycles/s | p50 | API CPU us/cycle |\n");
    table.append("|---|---|---|---|---|---|\n");
    for (var pair : PAIRS) {
      if (!wanted.isEmpty() && !wanted.contains(pair.get(0)) && !wanted.contains(pair.get(1))) {
        continue;
      }
      System.out.println("comparing " + pair);
      var ratios = new TreeMap<Integer, Ratios>();
      for (var i = 0; i < PROCESSES; i++) {
        try (var api = processes.api(String.join(ApiMain.SEPARATOR, pair))) {
          warmUp(api);
          for (var inFlight : IN_FLIGHT) {
            compare(api, inFlight, ratios.computeIfAbsent(inFlight, first -> new Ratios()));
          }
        }
      }
      ratios.forEach((inFlight, all) -> table.append(row(pair, inFlight, all)));
    }
    return table.toString();
  }

  private static void warmUp(Child api) throws IOException {
    for (var inFlight : IN_FLIGHT) {
      for (var which = 0; which < 2; which++) {
        measure(api, inFlight, WARM_UP_MS, which);
      }
    }
  }

  private static void compare(Child api, int inFlight, Ratios ratios) throws IOException {
    for (var round = 0; round < ROUNDS; round++) {
      var first = round % 2;
      var one = measure(api, inFlight, RUN_MS, first);
      var other = measure(api, inFlight, RUN_MS, 1 - first);
      ratios.add(first == 0 ? one : other, first == 0 ? other : one);
    }
  }

  private static String row(List<String> pair, int inFlight, Ratios ratios) {
    return "| %s | %s | %d | %s | %s | %s |%n"
        .formatted(
            pair.get(0),
            pair.get(1),
            inFlight,
            median(ratios.cycles),
            median(ratios.p50),
            median(ratios.cpu));
  }

  private static Result measure(Child api, int inFlight, long ms, int which) throws IOException {
    return Result.of(api.ask("cycles %d %d %d".formatted(inFlight, ms, which)));
  }

  /** The median, and the values that enclose that of ever more rounds with 95 % confidence. */
  private static String median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    var middle = (sorted.size() - 1) / 2;
    var off = (int) Math.ceil(0.98 * Math.sqrt(sorted.size())); // 1.96 of a binomial's deviations
    return "%.3f (%.3f to %.3f)"
        .formatted(
            sorted.get(middle),
            sorted.get(Math.max(0, middle - off)),
            sorted.get(Math.min(sorted.size() - 1, middle + 1 + off)));
  }
}
