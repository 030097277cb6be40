package dev.serverevents.app.cli;

import dev.serverevents.StreamEvent;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stream NAME ID}. */
@Command(
    name = "stream",
    description = "Prints the progress of a job and its event, one in each line.",
    footer = {
      "  server-events stream orders.priced 7 --timeout 5m",
      "  server-events stream orders.priced 7 --follow -o jsonl | jq .args",
    })
final class StreamCommand extends EndpointCommand {

  @Mixin private final EventMixin event = new EventMixin();

  @Option(names = "--follow", description = "Goes on after the event, until Ctrl-C.")
  private boolean follow;

  @Mixin private final WaitMixin options = new WaitMixin();

  StreamCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) {
    var events = endpoint.stream(event.get(), options.forStream().follow(follow));
    var last = (@Nullable StreamEvent) null;
    for (var next = events.next(); next != null; next = events.next()) {
      output.event(next);
      last = next;
    }
    return last instanceof StreamEvent.Failure ? Exit.FAILURE : Exit.RESULT;
  }
}
