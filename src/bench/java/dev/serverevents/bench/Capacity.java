package dev.serverevents.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** How many waits a contender holds, at what price, and how fast it emits many events at once. */
final class Capacity {

  private static final int MAX_PENDING = Integer.getInteger("bench.pending", 1_000_000);
  private static final int BURST = Integer.getInteger("bench.burst", 100_000);

  /** Who takes longer for a step than this, in ms, is not asked for ten times as many. */
  private static final long TOO_LONG_MS = 2_000;

  private final Map<String, Child> apis;

  Capacity(Map<String, Child> apis) {
    this.apis = apis;
  }

  String run() throws IOException {
    var table = new StringBuilder("| | waits | heap bytes each | registered/s | ended in ms |");
    table.append(" longest turn then, ms |\n|---|---|---|---|---|---|\n");
    for (var api : apis.values()) {
      for (var waits : List.of(1_000, 10_000, 100_000, 1_000_000)) {
        if (waits > MAX_PENDING) {
          break;
        }
        var result = new JsonObject(api.ask("pending " + waits));
        var row = row(api.name, waits, result);
        System.out.print(row);
        table.append(row);
        if (result.getLong("registerMs") + result.getLong("endMs") > TOO_LONG_MS) {
          break;
        }
      }
    }
    table.append("\n| | emits | emits/s | failed |\n|---|---|---|---|\n");
    for (var api : apis.values()) {
      api.ask("burst " + BURST);
      var result = new JsonObject(api.ask("burst " + BURST));
      table.append(
          "| %s | %d | %,.0f | %d |%n"
              .formatted(api.name, BURST, result.getDouble("perSecond"), result.getLong("failed")));
    }
    return table.toString();
  }

  private static String row(String name, int waits, JsonObject result) {
    var longest = result.getLong("longestTurnMs");
    return "| %s | %,d | %,d | %,.0f | %,d | %s |%n"
        .formatted(
            name,
            waits,
            result.getLong("bytes"),
            waits * 1_000.0 / Math.max(1, result.getLong("registerMs")),
            result.getLong("endMs"),
            longest == null ? "" : longest);
  }
}
