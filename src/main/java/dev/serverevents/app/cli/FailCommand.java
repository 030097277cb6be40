package dev.serverevents.app.cli;

import dev.serverevents.app.cli.Endpoint.Failed;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fail NAME ID MESSAGE}. */
@Command(
    name = "fail",
    description = "Says that a job failed, and prints how many connections received that.",
    footer = {
      "  server-events fail orders.priced 7 'There is no such item' --code 422",
      "  server-events fail orders.priced 7 'No such item' --code 422 --detail '{\"item\": \"gold\"}'",
    })
final class FailCommand extends EndpointCommand {

  private static final int DEFAULT_CODE = 500;

  @Mixin private final EventMixin event = new EventMixin();

  @Parameters(index = "2", paramLabel = "MESSAGE", description = "Says to people what is wrong.")
  private String message = "";

  @Option(
      names = "--code",
      paramLabel = "N",
      description = "Over HTTP it is the status, if from 400 to 599. Default: 500.")
  private int code = DEFAULT_CODE;

  @Option(names = "--detail", paramLabel = "JSON", description = "Whatever else programs can use.")
  private @Nullable String detail;

  @Mixin private final EmitMixin options = new EmitMixin();

  FailCommand(Where where) {
    super(where);
  }

  @Override
  boolean listens() {
    return false;
  }

  @Override
  Exit run(Endpoint endpoint, Output output) {
    var failed = new Failed(code, message, detail == null ? null : Arguments.value(detail));
    EmitCommand.print(output, endpoint.fail(event.get(), options.get(), failed).await());
    return Exit.RESULT;
  }
}
