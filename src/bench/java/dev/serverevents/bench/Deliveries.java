package dev.serverevents.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How many servers get an event for which one waits: what Redis answers to each PUBLISH. */
final class Deliveries {

  private static final long MS = 500;

  private final Processes processes;

  Deliveries(Processes processes) {
    this.processes = processes;
  }

  String run() throws IOException {
    var table =
        new StringBuilder("| | API servers | emits | deliveries per emit |\n|---|---|---|---|\n");
    for (var contender : List.of("ours exact", "ours direct")) {
      var servers = new ArrayList<Child>();
      for (var count : List.of(1, 2, 4, 8)) {
        while (servers.size() < count) {
          servers.add(processes.api(contender));
        }
        var before = new JsonObject(processes.worker().ask("deliveries"));
        CompletableFuture.allOf(
                servers.stream()
                    .map(server -> CompletableFuture.runAsync(() -> cycle(server)))
                    .toArray(CompletableFuture[]::new))
            .join();
        var after = new JsonObject(processes.worker().ask("deliveries"));
        var emits = after.getLong("emits") - before.getLong("emits");
        var deliveries = after.getLong("deliveries") - before.getLong("deliveries");
        table.append(
            "| %s | %d | %,d | %.4f |%n"
                .formatted(contender, count, emits, (double) deliveries / emits));
      }
      servers.forEach(Child::close);
    }
    return table.toString();
  }

  private static void cycle(Child server) {
    try {
      server.ask("cycles 64 " + MS);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
