package dev.serverevents.app.cli;

import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code servers}. */
@Command(
    name = "servers",
    description = "Shows all servers, the names of their events, the workers and the limits.",
    footer = {
      "  server-events servers",
      "  server-events servers --url https://events.example.com -o json | jq '.names[].pending'",
    })
final class ServersCommand extends EndpointCommand {

  private static final String BOLD = "1";
  private static final double BYTES_PER_MB = 1e6;

  ServersCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) {
    var overview = endpoint.overview().await();
    output.value(overview, text(overview, output.terminal()));
    var missing = overview.getInteger("missing", 0);
    if (missing > 0) {
      output.say("%d of the servers did not answer".formatted(missing));
    }
    return Exit.RESULT;
  }

  /** The tables of an overview that are not empty. */
  static String text(JsonObject overview, Terminal terminal) {
    return Stream.of(servers(overview), names(overview), workers(overview), limits(overview))
        .filter(table -> !table.isEmpty())
        .map(table -> terminal.onOutput(BOLD, table.head()) + table.body())
        .collect(Collectors.joining("\n\n"));
  }

  private static Stream<JsonObject> rows(JsonObject json, String field) {
    return json.getJsonArray(field).stream().map(row -> (JsonObject) row);
  }

  private static Table servers(JsonObject overview) {
    var table =
        new Table(
            "SERVER", "HOST", "VERSION", "UP", "REDIS", "PENDING", "STREAMS", "HEAP MB", "LOOP MS");
    rows(overview, "servers")
        .forEach(
            server ->
                table.row(
                    server.getString("server"),
                    server.getString("host"),
                    server.getString("version"),
                    Milliseconds.text(server.getLong("up_ms")),
                    server.getString("redis")
                        + (server.getBoolean("draining", false) ? ", draining" : ""),
                    server.getLong("pending"),
                    server.getLong("streams"),
                    Math.round(server.getLong("heap_bytes") / BYTES_PER_MB),
                    server.getValue("loop_delay_ms")));
    return table;
  }

  private static Table names(JsonObject overview) {
    var table =
        new Table("NAME", "PENDING", "OLDEST", "STREAMS", "PER S", "P50 MS", "P99 MS", "OUTCOMES");
    rows(overview, "names")
        .forEach(
            name -> {
              var times = name.getJsonObject("result_ms", new JsonObject());
              table.row(
                  name.getString("name"),
                  name.getLong("pending"),
                  Milliseconds.text(name.getLong("oldest_ms")),
                  name.getLong("streams"),
                  name.getValue("per_second"),
                  times.getValue("p50"),
                  times.getValue("p99"),
                  outcomes(name.getJsonObject("outcomes", new JsonObject())));
            });
    return table;
  }

  private static String outcomes(JsonObject outcomes) {
    return outcomes.stream()
        .filter(outcome -> ((Number) outcome.getValue()).longValue() > 0)
        .map(outcome -> outcome.getValue() + " " + outcome.getKey())
        .collect(Collectors.joining(", "));
  }

  private static Table workers(JsonObject overview) {
    var table = new Table("WORKER", "NAME", "LAST SEEN", "CLAIMED");
    rows(overview, "workers")
        .forEach(
            worker ->
                table.row(
                    worker.getString("worker"),
                    worker.getString("name"),
                    Milliseconds.text(worker.getLong("last_seen_ms")),
                    rows(worker, "claimed")
                        .map(job -> job.getString("id") + " for " + ms(job, "for_ms"))
                        .collect(Collectors.joining(", "))));
    return table;
  }

  private static String ms(JsonObject json, String field) {
    return Milliseconds.text(json.getLong(field));
  }

  private static Table limits(JsonObject overview) {
    var table = new Table("LIMIT", "USED", "OF", "CLIENT");
    rows(overview, "limits")
        .forEach(
            limit ->
                table.row(
                    limit.getString("setting"),
                    limit.getLong("used"),
                    limit.getLong("limit"),
                    limit.getString("client")));
    return table;
  }
}
