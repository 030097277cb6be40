package dev.serverevents.app.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code emit NAME ID ARG...}. */
@Command(
    name = "emit",
    description = "Emits an event, and prints how many connections received it.",
    footer = {
      "  server-events emit orders.priced 7 42 EUR",
      "  server-events emit orders.priced 7 '{\"price\": 42}' --retain 10m",
      "  jq .order order.json | server-events emit orders.priced 7 -",
    })
final class EmitCommand extends EndpointCommand {

  @Mixin private final EventMixin event = new EventMixin();

  @Parameters(
      index = "2..*",
      paramLabel = "ARG",
      description =
          "An argument: JSON, or else a string. A single - reads JSON from standard input: an "
              + "array has all arguments.")
  private List<String> args = List.of();

  @Option(names = "--text", description = "Takes all arguments as strings.")
  private boolean text;

  @Mixin private final EmitMixin options = new EmitMixin();

  EmitCommand(Where where) {
    super(where);
  }

  @Override
  boolean listens() {
    return false;
  }

  @Override
  Exit run(Endpoint endpoint, Output output) throws IOException {
    var emitted = Arguments.of(args, text, System.in);
    print(output, endpoint.emit(event.get(), options.get(), emitted).await());
    return Exit.RESULT;
  }

  /** Prints how many connections an emit has reached. */
  static void print(Output output, int receivers) {
    output.value(new JsonObject().put("receivers", receivers), String.valueOf(receivers));
  }
}
