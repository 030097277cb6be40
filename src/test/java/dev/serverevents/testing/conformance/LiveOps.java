package dev.serverevents.testing.conformance;

import dev.serverevents.ClaimedJob;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.IdempotencyException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.JobSource;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import dev.serverevents.internal.ExactJson;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The operations of conformance.md that need Redis, by our own code. */
class LiveOps {

  private static final Set<String> KNOWN =
      Set.of(
          "on",
          "emit",
          "fail",
          "work",
          "finish",
          "failJob",
          "progressJob",
          "stopWork",
          "crash",
          "close");

  /** A job that a handler does, until it is told what comes of it. */
  record Running(ClaimedJob job, Promise<Object> result) {}

  final ServerEvents events;
  final Consumer<JsonObject> tell;
  private final Map<String, Worker> workers = new ConcurrentHashMap<>();
  private final Map<String, Running> running = new ConcurrentHashMap<>();

  LiveOps(ServerEvents events, Consumer<JsonObject> tell) {
    this.events = events;
    this.tell = tell;
  }

  boolean knows(String operation) {
    return KNOWN.contains(operation);
  }

  /** Does it, and gives the answer. */
  final Future<JsonObject> run(int call, String operation, JsonObject in) {
    return Future.<JsonObject>future(promise -> out(call, operation, in).onComplete(promise))
        .map(out -> new JsonObject().put("out", out))
        .recover(cause -> Future.succeededFuture(failed(cause)));
  }

  JsonObject failed(Throwable cause) {
    var error =
        cause instanceof InvalidInputException || cause instanceof IllegalArgumentException
            ? "invalid"
            : cause instanceof EventTimeoutException
                ? "timeout"
                : cause instanceof IdempotencyException ? "conflict" : "unavailable";
    if (cause instanceof EventFailureException failure) {
      var answer = WireOps.error("failure", failure.getMessage()).put("code", failure.code());
      return failure.detail() == null
          ? answer
          : answer.put("detail", Json.encode(failure.detail()));
    }
    return WireOps.error(error, String.valueOf(cause.getMessage()));
  }

  private Future<JsonObject> out(int call, String operation, JsonObject in) {
    try {
      return switch (operation) {
        case "on" -> on(call, in);
        case "emit" -> receivers(emit(in, options(in)));
        case "fail" -> receivers(fail(in));
        case "progress" -> receivers(progress(in));
        case "reply" -> receivers(reply(in));
        case "work" -> work(in);
        case "finish" -> finish(in);
        case "failJob" -> failJob(in);
        case "progressJob" -> progressJob(in);
        case "stopWork" -> workers.remove(in.getString("name")).close().map(new JsonObject());
        case "close" -> events.vertx().close().map(new JsonObject());
        default -> {
          Runtime.getRuntime().halt(1);
          yield Future.succeededFuture();
        }
      };
    } catch (RuntimeException invalid) {
      return Future.failedFuture(invalid);
    }
  }

  Future<JsonObject> on(int call, JsonObject in) {
    var options = WaitOptions.DEFAULT.timeout(in.getLong("timeout"));
    var wait = listen(in, options.retained(in.getBoolean("retained", false)));
    wait.subscribed().onSuccess(subscribed -> tellSubscribed(call));
    return wait.future().map(args -> new JsonObject().put("args", args.toString()));
  }

  EventWait listen(JsonObject in, WaitOptions options) {
    return events.listen(in.getValue("name"), in.getValue("id"), options);
  }

  void tellSubscribed(int call) {
    tell.accept(new JsonObject().put("event", "subscribed").put("call", call));
  }

  private static Future<JsonObject> receivers(Future<Integer> receivers) {
    return receivers.map(count -> new JsonObject().put("receivers", count));
  }

  private static EmitOptions options(JsonObject in) {
    return new EmitOptions(in.getLong("retain", 0L), in.getString("idempotencyKey"));
  }

  static EventArgs args(JsonObject in) {
    return ExactJson.args("args", Buffer.buffer(in.getString("args")));
  }

  static Object detail(JsonObject in) {
    var detail = in.getString("detail");
    return detail == null ? null : ExactJson.read(Buffer.buffer(detail));
  }

  Future<Integer> emit(JsonObject in, EmitOptions options) {
    return events.emit(options, in.getValue("name"), in.getValue("id"), args(in));
  }

  Future<Integer> fail(JsonObject in) {
    return events.emitFailure(
        options(in),
        in.getValue("name"),
        in.getValue("id"),
        in.getInteger("code"),
        in.getString("message"),
        detail(in));
  }

  Future<Integer> progress(JsonObject in) {
    return events.emitProgress(in.getValue("name"), in.getValue("id"), args(in));
  }

  Future<Integer> reply(JsonObject in) {
    return events.reply(in.getString("replyTo"), in.getValue("name"), in.getValue("id"), args(in));
  }

  private Future<JsonObject> work(JsonObject in) {
    var options = WorkOptions.DEFAULT.concurrency(concurrency(in.getInteger("concurrency", 1)));
    var name = in.getString("name");
    var worker =
        events.work(name, source(events.jobList(in.getString("list"))), options, this::handle);
    workers.put(name, worker);
    return worker
        .ready()
        .map(ready -> new JsonObject().put("workerId", worker.id()).put("recovers", true));
  }

  int concurrency(int asked) {
    return asked;
  }

  JobSource source(JobSource list) {
    return list;
  }

  Future<?> handle(ClaimedJob job) {
    var held = new Running(job, Promise.promise());
    running.put(job.name() + " " + job.id(), held);
    tell.accept(about("job", job).put("data", Json.encode(job.data())));
    job.cancelled().onSuccess(over -> over(job));
    return held.result.future();
  }

  void over(ClaimedJob job) {
    tell.accept(about("over", job));
  }

  private static JsonObject about(String event, ClaimedJob job) {
    return new JsonObject().put("event", event).put("name", job.name()).put("id", job.id());
  }

  private Running running(JsonObject in) {
    return running.get(in.getString("name") + " " + in.getString("id"));
  }

  private Future<JsonObject> finish(JsonObject in) {
    var held = running(in);
    finished(held.job, args(in));
    held.result.tryComplete(args(in));
    return Future.succeededFuture(new JsonObject());
  }

  /** For those who do more. */
  void finished(ClaimedJob job, EventArgs args) {
    // its result is emitted by the worker
  }

  private Future<JsonObject> failJob(JsonObject in) {
    var held = running(in);
    held.job
        .fail(in.getInteger("code"), in.getString("message"), detail(in))
        .onFailure(held.result::tryFail);
    return Future.succeededFuture(new JsonObject());
  }

  private Future<JsonObject> progressJob(JsonObject in) {
    progressed(running(in).job, args(in));
    return Future.succeededFuture(new JsonObject());
  }

  void progressed(ClaimedJob job, EventArgs args) {
    job.progress(args);
  }
}
