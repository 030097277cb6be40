package dev.serverevents.app.cli;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.WorkOptions;
import dev.serverevents.internal.Fields;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench}. */
@Command(
    name = "bench",
    description =
        "Measures your own Redis, with names that nobody else uses: emits that nobody hears, waits "
            + "with the emit that ends them, direct replies, and jobs on a list. Needs Redis, not --url.",
    footer = {
      "  server-events bench --redis redis://localhost:6379",
      "  server-events bench --time 10s --concurrency 256 -o jsonl",
    })
final class BenchCommand extends EndpointCommand {

  private static final int WAIT_MS = 10_000;
  private static final int REDRAW_MS = 100;
  private static final int BAR = 30;
  private static final int MAX_CONCURRENCY = 100_000;

  /** Goes to the beginning of the line, and clears it. */
  private static final String CLEAR = "\r\u001b[K";

  private static final String GREEN = "32";
  private static final String BOLD = "1";

  @Option(
      names = "--time",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "How long each of the four takes. Default: 2s.")
  private long time = 2_000;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "How many are under way at a time. Default: 64.")
  private int concurrency = 64;

  /** Each has another id. */
  private final AtomicLong ids = new AtomicLong();

  private final String name = "bench " + UUID.randomUUID();

  BenchCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) {
    Fields.integer("--concurrency", concurrency, 1, MAX_CONCURRENCY);
    Fields.integer("--time", time, 1, ServerEventsOptions.MAX_TIMEOUT);
    var events = endpoint.library().events();
    var vertx = events.vertx();
    var results = new ArrayList<Measured>();
    results.add(measure(vertx, output, "emit", id -> events.emit(name, id, id)));
    results.add(
        measure(
            vertx,
            output,
            "wait",
            id -> {
              var wait = events.listen(name, id, WAIT_MS);
              return wait.subscribed()
                  .compose(heard -> events.emit(name, id, id))
                  .compose(emitted -> wait.future());
            }));
    results.add(
        measure(
            vertx,
            output,
            "direct reply",
            id ->
                events.requestDirect(
                    name, id, WAIT_MS, replyTo -> events.reply(replyTo, name, id, id))));
    var jobs = events.jobList(name);
    var options = WorkOptions.DEFAULT.concurrency(concurrency);
    var worker = events.work(name, jobs, options, job -> Future.succeededFuture(job.id()));
    worker.ready().await();
    results.add(measure(vertx, output, "job", id -> events.request(name, id, WAIT_MS, jobs::push)));
    worker.close().await();
    print(output, results);
    return Exit.RESULT;
  }

  private Measured measure(Vertx vertx, Output output, String what, LongFunction<Future<?>> cycle) {
    var measure = new Measure(time, () -> cycle.apply(ids.incrementAndGet()));
    var done = measure.start(vertx, concurrency);
    if (output.terminal().showsProgress()) {
      draw(output, what, measure, done);
    }
    done.await();
    return measure.result(what);
  }

  /** Draws a bar until it is done. */
  private static void draw(Output output, String what, Measure measure, Future<Void> done) {
    while (!done.isComplete()) {
      var full = (int) (BAR * measure.share());
      var bar = output.terminal().onError(GREEN, "#".repeat(full) + "-".repeat(BAR - full));
      System.err.printf("\r%-12s [%s] %,d", what, bar, measure.count());
      System.err.flush();
      try {
        done.otherwiseEmpty().await(REDRAW_MS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        // it is drawn anew
      }
    }
    System.err.print(CLEAR);
  }

  private static void print(Output output, List<Measured> results) {
    var json = new JsonArray();
    results.forEach(result -> json.add(result.toJson()));
    var head = "%-12s %12s %9s %9s %9s".formatted("", "per second", "p50 ms", "p99 ms", "max ms");
    output.value(
        new JsonObject().put("results", json),
        output.terminal().onOutput(BOLD, head)
            + "\n"
            + results.stream().map(Measured::text).collect(Collectors.joining("\n")));
  }
}
