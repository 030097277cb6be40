package dev.serverevents.app.cli;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code explain NAME ID}. */
@Command(
    name = "explain",
    description =
        "Says why the last wait for an event has ended as it did, or what it waits for, with the "
            + "time line of all servers.",
    footer = {
      "  server-events explain orders.priced 7",
      "  server-events explain orders.priced 7 -o json | jq -r .cause",
    })
final class ExplainCommand extends EndpointCommand {

  private static final String BOLD = "1";

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  @Mixin private final EventMixin event = new EventMixin();

  ExplainCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) {
    var explanation = endpoint.explain(event.get()).await();
    output.value(explanation, text(explanation, output.terminal(), ZoneId.systemDefault()));
    var missing = explanation.getInteger("missing", 0);
    if (missing > 0) {
      output.say("%d of the servers did not answer".formatted(missing));
    }
    return Exit.RESULT;
  }

  /** The cause, what it means, and a line for each step. */
  static String text(JsonObject explanation, Terminal terminal, ZoneId zone) {
    var steps = explanation.getJsonArray("timeline");
    var table = new Table("TIME", "AFTER", "SERVER", "WHAT", "");
    for (var each : steps) {
      var step = (JsonObject) each;
      var at = step.getLong("at");
      table.row(
          TIME.format(Instant.ofEpochMilli(at).atZone(zone)),
          (at - steps.getJsonObject(0).getLong("at")) + " ms",
          step.getString("server"),
          step.getString("what"),
          step.getString("detail"));
    }
    return terminal.onOutput(BOLD, explanation.getString("cause"))
        + ": "
        + explanation.getString("says")
        + (table.isEmpty() ? "" : "\n" + terminal.onOutput(BOLD, table.head()) + table.body());
  }
}
