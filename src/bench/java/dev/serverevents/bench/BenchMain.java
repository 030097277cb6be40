package dev.serverevents.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * This project beside its peers: Redis, the worker and each API server in processes of their own on
 * one machine. It prints tables, and writes them to target/bench.md.
 */
final class BenchMain {

  private static final Path REPORT = Path.of("target", "bench.md");

  private static final List<String> SECTIONS =
      List.of(
          System.getProperty(
                  "bench.sections",
                  "cycles,pairs,capacity,timeouts,deliveries,scale,costs,readers,http,start,languages")
              .split(",", -1));

  private BenchMain() {}

  /** Takes the names of contenders; all without any. */
  public static void main(String[] args) throws Exception {
    Files.deleteIfExists(REPORT);
    try (var processes = new Processes(List.of(args))) {
      report("cycles", () -> new Cycles(processes).run());
      report("pairs", () -> new Pairs(processes, List.of(args)).run());
      report("timeouts", () -> new Timeouts(processes).run());
      report("capacity", () -> new Capacity(processes.apis()).run());
      processes.apis().values().forEach(Child::close); // idle, they still use some CPU
      report("deliveries", () -> new Deliveries(processes).run());
      report("scale", Scale::run);
      report("costs", Costs::run);
      report("readers", () -> new Readers(processes).run());
      report("http", () -> new Http(processes).run());
      report("start", () -> new Starts(processes.redisUrl()).run());
      report("languages", () -> new Languages().run());
    }
    System.exit(0);
  }

  private static void report(String name, Callable<String> section) throws Exception {
    if (!SECTIONS.contains(name)) {
      return;
    }
    var text = "## %s%n%n%s%n".formatted(name, section.call());
    System.out.println(text);
    append(text);
  }

  private static void append(String text) throws IOException {
    var before = Files.exists(REPORT) ? Files.readString(REPORT) : "";
    Files.writeString(REPORT, before + text);
  }
}
