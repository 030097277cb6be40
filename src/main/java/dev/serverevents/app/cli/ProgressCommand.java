package dev.serverevents.app.cli;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code progress NAME ID ARG...}. */
@Command(
    name = "progress",
    description = "Tells streams how far a job is, and prints how many connections received it.",
    footer = "  server-events progress orders.priced 7 50 %%")
final class ProgressCommand extends EndpointCommand {

  @Mixin private final EventMixin event = new EventMixin();

  @Parameters(
      index = "2..*",
      paramLabel = "ARG",
      description = "An argument: JSON, or else a string; a single - is as for emit.")
  private List<String> args = List.of();

  ProgressCommand(Where where) {
    super(where);
  }

  @Override
  boolean listens() {
    return false;
  }

  @Override
  Exit run(Endpoint endpoint, Output output) throws IOException {
    var told = Arguments.of(args, false, System.in);
    EmitCommand.print(output, endpoint.progress(event.get(), told).await());
    return Exit.RESULT;
  }
}
