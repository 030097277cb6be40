package dev.serverevents.bench;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.util.regex.Pattern;

/** What it costs that waits time out, and how many probes prove that they have. */
final class Timeouts {

  private static final int WAITS = Integer.getInteger("bench.timeouts", 100_000);
  private static final Pattern PUBLISHED = Pattern.compile("cmdstat_publish:calls=(\\d+)");

  private final Processes processes;

  Timeouts(Processes processes) {
    this.processes = processes;
  }

  /** Measures those of {@link Contender#timeOut} that can, the second of two runs. */
  String run() throws Exception {
    var table = new StringBuilder("| | waits | API CPU us/wait | longest turn, ms | published |\n");
    table.append("|---|---|---|---|---|\n");
    for (var api : processes.apis().values()) {
      if (api.name.startsWith("ours") || api.name.startsWith("floor")) {
        api.ask("timeouts " + WAITS);
        var before = published();
        var result = new JsonObject(api.ask("timeouts " + WAITS));
        table.append(
            "| %s | %,d | %.1f | %d | %,d |%n"
                .formatted(
                    api.name,
                    WAITS,
                    result.getDouble("cpu"),
                    result.getLong("longestTurnMs"),
                    published() - before));
      }
    }
    return table.toString();
  }

  /** How often something was published: nothing but pings is, meanwhile. */
  private long published() {
    var vertx = Vertx.vertx();
    var redis = Redis.createClient(vertx, processes.redisUrl());
    var info = redis.send(Request.cmd(Command.INFO).arg("commandstats")).await().toString();
    vertx.close().await();
    var calls = PUBLISHED.matcher(info);
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }
}
