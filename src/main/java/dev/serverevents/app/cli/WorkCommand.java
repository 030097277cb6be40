package dev.serverevents.app.cli;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
    description = {
      "Does the jobs of a list until Ctrl-C, each by running a program: what there is to do is on",
      "its standard input as JSON, and its standard output is the result. An exit code that is not",
      "0 fails the job, with the end of standard error. EVENT_NAME and EVENT_ID are in its",
      "environment. It is killed when nobody wants the result any more. Needs Redis, not --url."
    },
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
  private long retain;

  private volatile boolean isEnding;

  WorkCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) throws InterruptedException {
    var library = endpoint.library();
    var events = library.events();
    var program = new Program(command, library.options().getLimits().getPayloadOut());
    var options = new WorkOptions(concurrency, new EmitOptions(retain, null));
    var threads = events.vertx().createSharedWorkerExecutor("jobs", concurrency, 1, TimeUnit.DAYS);
    var worker =
        events.work(
            name,
            events.jobList(Objects.requireNonNullElse(list, name)),
            options,
            job ->
                threads
                    .executeBlocking(() -> program.run(job), false)
                    .onSuccess(args -> output.say(job.id() + ": " + Output.tabbed(args)))
                    .onFailure(cause -> output.say(job.id() + ": " + cause.getMessage()))
                    .recover(this::failed));
    events.onError((store, cause) -> output.say(String.valueOf(cause.getMessage())));
    worker.ready().await();
    output.say("takes jobs of " + name + " until Ctrl-C");
    var drain = library.options().getDrainTimeout();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(worker, drain), "worker-shutdown"));
    new CountDownLatch(1).await();
    return Exit.RESULT;
  }

  /**
   * A program that a signal has ended together with this has not failed: another worker does it.
   */
  private Future<EventArgs> failed(Throwable cause) {
    return isEnding ? Promise.<EventArgs>promise().future() : Future.failedFuture(cause);
  }

  /** The jobs in hand get time to end; those that do not end go back to their list. */
  private void end(Worker worker, long drain) {
    isEnding = true;
    try {
      worker.close().await(drain, TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }
  }
}
