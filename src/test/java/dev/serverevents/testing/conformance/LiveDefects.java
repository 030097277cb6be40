package dev.serverevents.testing.conformance;

import dev.serverevents.ClaimedJob;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.Job;
import dev.serverevents.JobSource;
import dev.serverevents.ServerEvents;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Defects that clients have in what they do with Redis. */
final class LiveDefects extends LiveOps {

  /** It does not end when its input does. */
  static final String ENDLESS = "faults: an end of input that ends nothing";

  /** All that there are: the name of a defect begins with the group of cases that finds it. */
  static final Set<String> NAMES =
      Set.of(
          "wait: told as subscribed before it is",
          "wait: no UNSUBSCRIBE",
          "wait: no failures",
          "emit: retained without a time",
          "emit: published before it is stored",
          "emit: retained without a transaction",
          "emit: retained and not published",
          "emit: idempotency keys that do nothing",
          "emit: no conflict",
          "emit: a progress that ends waits",
          "emit: a direct reply for all",
          "work: no claim",
          "work: a claim by another worker",
          "work: a claim without giving back",
          "work: too few signs of life",
          "work: a result that nobody wants",
          "work: a direct reply on the channel of the event",
          "work: a progress without a sign of life",
          "work: too many jobs at a time",
          "list: a job that is never removed",
          "list: a job that is removed before it is done",
          "list: a result that comes twice",
          "faults: a cut connection that is called a timeout",
          ENDLESS);

  private final String defect;
  private final Redis redis;

  private LiveDefects(String defect, ServerEvents events, String url, Consumer<JsonObject> tell) {
    super(events, tell);
    this.defect = defect;
    redis = Redis.createClient(events.vertx(), url);
  }

  static LiveOps of(String defect, ServerEvents events, String url, Consumer<JsonObject> tell) {
    return NAMES.contains(defect)
        ? new LiveDefects(defect, events, url, tell)
        : new LiveOps(events, tell);
  }

  private boolean is(String other) {
    if (!NAMES.contains(other)) {
      throw new IllegalArgumentException(other);
    }
    return defect.equals(other);
  }

  private Future<Response> send(String command, Object... args) {
    var request = Request.cmd(Command.create(command));
    for (var arg : args) {
      request.arg(arg.toString());
    }
    return redis.send(request);
  }

  @Override
  Future<JsonObject> on(int call, JsonObject in) {
    var channel = in.getValue("name") + ":" + in.getValue("id");
    if (is("wait: told as subscribed before it is")) {
      tellSubscribed(call);
      return events.vertx().timer(300).compose(late -> super.on(call, in));
    }
    var ended = super.on(call, in);
    if (is("wait: no UNSUBSCRIBE")) {
      return ended.eventually(
          () ->
              redis
                  .connect()
                  .compose(left -> left.send(Request.cmd(Command.SUBSCRIBE).arg(channel))));
    }
    return ended;
  }

  @Override
  JsonObject failed(Throwable cause) {
    var answer = super.failed(cause);
    var error = answer.getString("error");
    if (is("wait: no failures") && error.equals("failure")) {
      return new JsonObject().put("out", new JsonObject().put("args", "[]"));
    }
    if (is("emit: no conflict") && error.equals("conflict")) {
      return new JsonObject().put("out", new JsonObject().put("receivers", 1));
    }
    return is("faults: a cut connection that is called a timeout") && error.equals("unavailable")
        ? answer.put("error", "timeout")
        : answer;
  }

  @Override
  Future<Integer> emit(JsonObject in, EmitOptions options) {
    if (is("emit: idempotency keys that do nothing")) {
      return super.emit(in, options.idempotencyKey(null));
    }
    if (!defect.startsWith("emit: ") || options.retain() == 0 || options.idempotencyKey() != null) {
      return super.emit(in, options);
    }
    var key = new EventKey(in.getString("name"), String.valueOf(in.getValue("id")));
    var kept = WireNames.retainedKey(key);
    var payload = WireFormat.encode(in.getValue("name"), in.getValue("id"), args(in));
    if (is("emit: retained without a time")) {
      return send("SET", kept, payload)
          .compose(stored -> send("PUBLISH", key.channel(), payload))
          .map(Response::toInteger);
    }
    if (is("emit: published before it is stored")) {
      return send("PUBLISH", key.channel(), payload)
          .compose(done -> send("SET", kept, payload, "PX", options.retain()).map(done))
          .map(Response::toInteger);
    }
    if (is("emit: retained without a transaction")) {
      return send("SET", kept, payload, "PX", options.retain())
          .compose(stored -> send("PUBLISH", key.channel(), payload))
          .map(Response::toInteger);
    }
    if (is("emit: retained and not published")) {
      return send("SET", kept, payload, "PX", options.retain()).map(0);
    }
    return super.emit(in, options);
  }

  @Override
  Future<Integer> progress(JsonObject in) {
    return is("emit: a progress that ends waits")
        ? super.emit(in, EmitOptions.DEFAULT)
        : super.progress(in);
  }

  @Override
  Future<Integer> reply(JsonObject in) {
    return is("emit: a direct reply for all")
        ? super.reply(in).compose(told -> super.emit(in, EmitOptions.DEFAULT).map(told))
        : super.reply(in);
  }

  @Override
  int concurrency(int asked) {
    return is("work: too many jobs at a time") ? 2 * asked : asked;
  }

  @Override
  JobSource source(JobSource list) {
    var change =
        Map.<String, UnaryOperator<Job>>of(
            "work: no claim", job -> with(job, job.replyTo(), null, job.stalledAfter()),
            "work: a claim by another worker", job -> with(job, job.replyTo(), null, 0),
            "work: too few signs of life", job -> with(job, job.replyTo(), job.claimTo(), 0),
            "work: a direct reply on the channel of the event",
                job -> with(job, null, job.claimTo(), job.stalledAfter()));
    return new Source(list, change.getOrDefault(defect, job -> job));
  }

  private static Job with(Job job, String replyTo, String claimTo, long stalledAfter) {
    return new Job(
        job.name(),
        job.id(),
        replyTo,
        claimTo,
        job.deadline(),
        stalledAfter,
        job.headers(),
        job.data());
  }

  @Override
  void finished(ClaimedJob job, EventArgs args) {
    var isEmitted =
        is("work: a result that nobody wants")
            ? job.isCancelled()
            : is("list: a result that comes twice");
    if (isEmitted) {
      events.answer(job.job(), args);
    }
  }

  @Override
  void progressed(ClaimedJob job, EventArgs args) {
    if (is("work: a progress without a sign of life")) {
      events.emitProgress(job.name(), job.id(), args);
    } else {
      super.progressed(job, args);
    }
  }

  /** A list of jobs with a defect. */
  private final class Source implements JobSource {

    private final JobSource list;
    private final UnaryOperator<Job> change;

    Source(JobSource list, UnaryOperator<Job> change) {
      this.list = list;
      this.change = change;
    }

    @Override
    public Future<Taken> take(String workerId) {
      return list.take(workerId)
          .compose(
              taken -> {
                if (taken == null) {
                  return Future.succeededFuture();
                }
                var claimTo = taken.job().claimTo();
                if (claimTo != null && is("work: a claim by another worker")) {
                  var id = taken.job().id();
                  var claim = WireFormat.encode("$claim", taken.job().name(), id, "another");
                  send("PUBLISH", claimTo, claim);
                }
                var done =
                    is("list: a job that is removed before it is done")
                        ? taken.done()
                        : Future.succeededFuture();
                return done.map(gone -> new Changed(taken, change.apply(taken.job())));
              });
    }

    @Override
    public boolean givesBack() {
      return list.givesBack() && !is("work: a claim without giving back");
    }

    @Override
    public Future<Set<String>> holders() {
      return list.holders();
    }

    @Override
    public Future<?> giveBack(String workerId) {
      return list.giveBack(workerId);
    }

    @Override
    public Future<?> close(String workerId) {
      return list.close(workerId);
    }
  }

  private final class Changed implements JobSource.Taken {

    private final JobSource.Taken taken;
    private final Job job;

    Changed(JobSource.Taken taken, Job job) {
      this.taken = taken;
      this.job = job;
    }

    @Override
    public Job job() {
      return job;
    }

    @Override
    public Future<?> done() {
      var isKept =
          is("list: a job that is never removed")
              || is("list: a job that is removed before it is done");
      return isKept ? Future.succeededFuture() : taken.done();
    }
  }
}
