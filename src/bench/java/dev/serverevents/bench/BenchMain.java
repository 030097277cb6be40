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

  private BenchMain() {}

  /** Takes the names of contenders; all without any. */
  public static void main(String[] args) throws Exception {
    Files.deleteIfExists(REPORT);
    try (var processes = new Processes(List.of(args))) {
      report("Job cycles", () -> new Cycles(processes).run());
      report("Pending waits, and a burst of emits", () -> new Capacity(processes.apis()).run());
      report("Deliveries per emit", () -> new Deliveries(processes).run());
      report("HTTP", () -> new Http(processes).run());
    }
    System.exit(0);
  }

  private static void report(String title, Callable<String> section) throws Exception {
    var text = "## %s%n%n%s%n".formatted(title, section.call());
    System.out.println(text);
    append(text);
  }

  private static void append(String text) throws IOException {
    var before = Files.exists(REPORT) ? Files.readString(REPORT) : "";
    Files.writeString(REPORT, before + text);
  }
}
