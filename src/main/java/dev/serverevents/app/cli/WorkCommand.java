package dev.serverevents.app.cli;

import dev.serverevents.ClaimedJob;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code work NAME --command COMMAND}. */
@Command(
    name = "work",
    description =
        "Does the jobs of a list until Ctrl-C, each by running a program: what there is to do is on "
            + "its standard input as JSON, and its standard output is the result. An exit code that is not "
            + "0 fails the job, with the end of standard error. EVENT_NAME and EVENT_ID are in its "
            + "environment. It is killed when nobody wants the result any more. Needs Redis, not --url.",
    footer = {
      "  server-events work orders.priced --command 'jq .quantity*3'",
      "  server-events work thumbnails --command ./thumbnail.sh --concurrency 4 --retain 10m",
    })
final class WorkCommand extends EndpointCommand {

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the events.")
  private String name = "";

  @Option(
      names = "--command",
      paramLabel = "COMMAND",
      required = true,
      description = "What the shell runs for each job.")
  private String command = "";

  @Option(
      names = "--list",
      paramLabel = "LIST",
      description = "The list of jobs; else that of the name.")
  private @Nullable String list;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "How many jobs at a time. Default: 1.")
  private int concurrency = 1;

  @Option(
      names = "--retain",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "Keeps results and failures for so long, for example 10m.")
  private @Nullable Long retain;

  private volatile boolean isKilling;

  WorkCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) throws InterruptedException {
    var library = endpoint.library();
    var events = library.events();
    var program = new Program(command, library.options().getLimits().getPayloadOut());
    var options = new WorkOptions(concurrency, EmitMixin.kept(retain));
    var threads = events.vertx().createSharedWorkerExecutor("jobs", concurrency, 1, TimeUnit.DAYS);
    var worker =
        events.work(
            name,
            events.jobList(Objects.requireNonNullElse(list, name)),
            options,
            job ->
                threads
                    .executeBlocking(() -> run(program, job, output), false)
                    .recover(this::failed));
    events.onError((store, cause) -> say(events.vertx(), output, cause));
    worker.ready().await();
    output.say("takes jobs of " + name + " until Ctrl-C");
    var drain = library.options().getDrainTimeout();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(worker, drain), "worker-shutdown"));
    new CountDownLatch(1).await();
    return Exit.RESULT;
  }

  private static EventArgs run(Program program, ClaimedJob job, Output output)
      throws IOException, InterruptedException {
    try {
      var result = program.run(job);
      output.say(job.id() + ": " + Output.tabbed(result));
      return result;
    } catch (EventFailureException failure) {
      output.say(job.id() + ": " + failure.getMessage());
      throw failure;
    }
  }

  /** Not on the event loop, for standard error may be a pipe that is full. */
  private static void say(Vertx vertx, Output output, Throwable cause) {
    vertx.executeBlocking(
        () -> {
          output.say(String.valueOf(cause.getMessage()));
          return null;
        });
  }

  /** A program that was killed at the end of this has not failed: another worker does the job. */
  private Future<EventArgs> failed(Throwable cause) {
    return isKilling ? Promise.<EventArgs>promise().future() : Future.failedFuture(cause);
  }

  /** The jobs in hand get time to end; those that do not end go back to their list. */
  private void end(Worker worker, long drain) {
    try {
      worker.close().await(Math.max(1, drain), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      isKilling = true;
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }
  }
}
