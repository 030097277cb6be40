package dev.serverevents.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How many waits a contender holds, at what price, and how fast it emits many events at once. */
final class Capacity {

  private static final int MAX_PENDING = Integer.getInteger("bench.pending", 1_000_000);
  private static final int BURST = Integer.getInteger("bench.burst", 100_000);

  /** Who takes longer for a step than this, in ms, is not asked for ten times as many. */
  private static final long TOO_LONG_MS = Long.getLong("bench.too.long", 2_000);

  private static final int GIVE_UP_S = 120;

  private final Map<String, Child> apis;

  Capacity(Map<String, Child> apis) {
    this.apis = apis;
  }

  String run() throws Exception {
    var table = new StringBuilder("| | emits | emits/s | failed |\n|---|---|---|---|\n");
    for (var api : apis.values()) {
      api.ask("burst " + BURST);
      var result = new JsonObject(api.ask("burst " + BURST));
      table.append(
          "| %s | %d | %,.0f | %d |%n"
              .formatted(api.name, BURST, result.getDouble("perSecond"), result.getLong("failed")));
    }
    table.append("\n| | waits | heap bytes each | registered/s | ended in ms |");
    table.append(" longest turn then, ms | Redis commands/s before |\n");
    table.append("|---|---|---|---|---|---|---|\n");
    for (var api : apis.values()) {
      pending(api, table);
    }
    return table.toString();
  }

  /** A tenfold of waits in each step, until one takes too long. */
  private static void pending(Child api, StringBuilder table) throws Exception {
    for (var waits = 1_000; waits <= MAX_PENDING; waits *= 10) {
      var question = "pending " + waits;
      var answer = CompletableFuture.supplyAsync(() -> answer(api, question));
      try {
        var result = new JsonObject(answer.get(GIVE_UP_S, TimeUnit.SECONDS));
        table.append(row(api.name, waits, result));
        if (result.getLong("registerMs") + result.getLong("endMs") > TOO_LONG_MS) {
          return;
        }
      } catch (TimeoutException full) {
        table.append(
            "| %s | %,d | not within %d s in this heap |||||%n"
                .formatted(api.name, waits, GIVE_UP_S));
        api.close();
        return;
      }
    }
  }

  private static String answer(Child api, String question) {
    try {
      return api.ask(question);
    } catch (IOException ended) {
      throw new UncheckedIOException(ended);
    }
  }

  private static String row(String name, int waits, JsonObject result) {
    var longest = result.getLong("longestTurnMs");
    var commands = result.getDouble("commandsPerSecond");
    return "| %s | %,d | %,d | %,.0f | %,d | %s | %s |%n"
        .formatted(
            name,
            waits,
            result.getLong("bytes"),
            waits * 1_000.0 / Math.max(1, result.getLong("registerMs")),
            result.getLong("endMs"),
            longest == null ? "" : longest,
            commands == null ? "" : commands);
  }
}
