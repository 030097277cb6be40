package dev.serverevents.bench;

import dev.serverevents.app.EmbeddedRedis;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/**
 * One event of 1 kB for 10,000 readers, beside plain routes of the same server that write the same
 * bytes to the same number of connections. The readers are a process of their own.
 */
final class Readers {

  private static final int RUNS = Integer.getInteger("bench.runs", 5);
  private static final int COUNT = Integer.getInteger("bench.readers", 10_000);
  private static final int ROUNDS = 3;
  private static final List<String> KINDS =
      List.of(System.getProperty("bench.kinds", "STREAM,POLL,SOCKET").split(",", -1));

  private final Processes processes;
  private int opened;

  Readers(Processes processes) {
    this.processes = processes;
  }

  String run() throws IOException {
    var table =
        new StringBuilder(
            """
            | %,d readers | plain, deliveries/s | ours | ratio | longest turn of ours | of plain |
            |---|---|---|---|---|---|
            """
                .formatted(COUNT));
    var port = String.valueOf(EmbeddedRedis.freePort());
    processes.jvm("readers server", ReadersMain.class, processes.redisUrl(), port);
    var client = processes.jvm("readers", ReadersClient.class, port, "" + COUNT);
    for (var kind : KINDS) {
      var rounds = new LinkedHashMap<String, List<JsonObject>>();
      for (var run = 0; run <= RUNS; run++) {
        for (var side : List.of("plain", "ours")) {
          var measured = measure(client, kind, side);
          if (run > 0) { // the first one is to warm up
            rounds.computeIfAbsent(side, first -> new ArrayList<>()).addAll(measured);
          }
        }
      }
      table.append(line(kind, rounds.get("plain"), rounds.get("ours")));
    }
    return table.toString();
  }

  private static String line(String kind, List<JsonObject> plain, List<JsonObject> ours) {
    return "| %s | %,.0f | %,.0f | %.2f | %d ms | %d ms |%n"
        .formatted(
            kind.toLowerCase(Locale.ROOT),
            median(plain),
            median(ours),
            median(ours) / median(plain),
            longest(ours),
            longest(plain));
  }

  private List<JsonObject> measure(Child client, String kind, String side) throws IOException {
    opened++;
    client.ask("open %s %s %d".formatted(kind, side, opened));
    client.ask("round");
    var rounds = new ArrayList<JsonObject>();
    for (var i = 0; i < ROUNDS; i++) {
      rounds.add(new JsonObject(client.ask("round")));
    }
    client.ask("close");
    return rounds;
  }

  private static double median(List<JsonObject> rounds) {
    var rates = rounds.stream().map(round -> round.getDouble("perSecond")).sorted().toList();
    return rates.get(rates.size() / 2);
  }

  private static long longest(List<JsonObject> rounds) {
    return rounds.stream().mapToLong(round -> round.getLong("longestTurnMs")).max().orElseThrow();
  }
}
