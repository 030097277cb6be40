package dev.serverevents.app.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code request NAME ID DATA}. */
@Command(
    name = "request",
    description =
        "Puts a job on a list, waits for its event, and prints the arguments. "
            + "The worker is told if this is ended before. It needs Redis, not --url.",
    footer = {
      "  server-events request orders.priced 7 '{\"item\": \"tea\", \"quantity\": 2}'",
      "  server-events request orders.priced 7 --require-worker --timeout 1m -o json",
    })
final class RequestCommand extends EndpointCommand {

  @Mixin private final EventMixin event = new EventMixin();

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "DATA",
      description = "What there is to do: JSON, or else a string.")
  private @Nullable String data;

  @Option(
      names = "--list",
      paramLabel = "LIST",
      description = "The list of jobs; else that of the event's name.")
  private @Nullable String list;

  @Option(
      names = "--stalled-after",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "Ends when the worker has shown no sign of life for so long.")
  private @Nullable Long stalledAfter;

  @Mixin private final WaitMixin options = new WaitMixin();

  RequestCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) {
    var events = endpoint.library().events();
    var id = event.get();
    var jobs = events.jobList(Objects.requireNonNullElse(list, id.name()));
    var watching = options.forWait().watchWorker();
    var wanted = stalledAfter == null ? watching : watching.stalledAfter(stalledAfter);
    var todo = data == null ? null : Arguments.value(data);
    output.args(
        events.request(id.name(), id.id(), wanted, job -> jobs.push(job.data(todo))).await());
    return Exit.RESULT;
  }
}
