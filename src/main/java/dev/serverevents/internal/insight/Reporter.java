package dev.serverevents.internal.insight;

import dev.serverevents.Cause;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.journal.Bequest;
import dev.serverevents.internal.journal.ConnectionReport;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.journal.LimitReport;
import dev.serverevents.internal.journal.NameReport;
import dev.serverevents.internal.journal.Source;
import dev.serverevents.internal.journal.Step;
import dev.serverevents.internal.journal.WorkerReport;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.local.Unread;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What one server, which is one Vert.x, answers to questions: it asks all its verticles and all its
 * ServerEvents, each on its own context, and takes what they say within half a second.
 */
public final class Reporter {

  private static final long PATIENCE_MS = 500;

  /** How many names, workers, connections and limits one server tells of. */
  static final int MAX_TOLD = 100;

  /** How many that wait for one event are asked what becomes of them. */
  private static final int MAX_ASKED = 100;

  /** How many of them are cancelled. */
  private static final int MAX_CANCELLED = 100_000;

  /** Of how many waits a server tells at its end, and how many steps another takes. */
  private static final int MAX_BEQUEATHED = 100;

  private static final int MAX_INHERITED = 1_000;

  /** How many steps of one event a server tells, the last ones. */
  private static final int MAX_STEPS = 200;

  private final Vertx vertx;
  private final Context context;
  private final Clock clock;
  private final Journal journal;
  private final Deployments deployments;

  /** Answers for a Vert.x, on a context of its. */
  public Reporter(Vertx vertx, Context context) {
    this.vertx = vertx;
    this.context = context;
    clock = Clocks.of(vertx);
    journal = Journal.of(vertx);
    deployments = new Deployments(vertx);
    Host.name(); // begins to look for it
  }

  /** The answer to a question, on the context. */
  public Future<JsonObject> answer(Question question) {
    if (question instanceof Question.Explain explain) {
      return explain(explain.key());
    }
    return question instanceof Question.Cancel cancel ? cancel(cancel.key()) : overview();
  }

  /** What all answers have: who speaks, and for how many verticles. */
  private JsonObject answer() {
    return new JsonObject()
        .put("server", journal.server())
        .put("verticles", deployments.all().size());
  }

  private Future<JsonObject> overview() {
    var reports = new ConcurrentLinkedQueue<Source.Report>();
    var connections = new ConcurrentLinkedQueue<ConnectionReport>();
    var delay = new AtomicLong();
    var asked = new ArrayList<Future<?>>();
    for (var source : journal.sources()) {
      asked.add(timed(source.report().onSuccess(reports::add), delay));
    }
    for (var verticle : deployments.all()) {
      Promise<List<ConnectionReport>> described = Promise.promise();
      verticle.commands().add(new Command.Describe(described));
      asked.add(timed(described.future().onSuccess(connections::addAll), delay));
    }
    return all(asked).map(told -> overview(reports, connections, delay.get()));
  }

  /** Measures how long an event loop lets a question wait. */
  private <T> Future<T> timed(Future<T> answer, AtomicLong longest) {
    var began = clock.nanoTime();
    return answer.onComplete(
        told ->
            longest.accumulateAndGet(
                TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - began), Math::max));
  }

  /** Completes on the context with the last of them, or when the patience is over. */
  private Future<Void> all(Collection<? extends Future<?>> asked) {
    Promise<Void> done = Promise.promise();
    if (asked.isEmpty()) {
      return Future.succeededFuture();
    }
    var timer = clock.setTimer(context, PATIENCE_MS, late -> done.tryComplete());
    Future.join(List.copyOf(asked))
        .onComplete(
            told ->
                context.runOnContext(
                    turn -> {
                      clock.cancel(timer);
                      done.tryComplete();
                    }));
    return done.future();
  }

  private JsonObject overview(
      Queue<Source.Report> reports, Queue<ConnectionReport> connections, long delay) {
    var names =
        NameReport.merge(
            reports.stream().flatMap(report -> report.names().stream()).toList(), MAX_TOLD);
    var workers =
        WorkerReport.merge(
            reports.stream().flatMap(report -> report.workers().stream()).toList(), MAX_TOLD);
    var health = deployments.health();
    var runtime = Runtime.getRuntime();
    var unread = Unread.of(vertx).bytes();
    return answer()
        .put("host", Host.name())
        .put("version", version())
        .put("up_ms", TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - journal.started()))
        .put("redis", health.inputStore() && health.outputStore() ? "connected" : "away")
        .put("pending", names.stream().mapToLong(NameReport::pending).sum())
        .put("streams", names.stream().mapToLong(NameReport::streams).sum())
        .put("unread_bytes", unread)
        .put("heap_bytes", runtime.totalMemory() - runtime.freeMemory())
        .put("loop_delay_ms", delay)
        .put("draining", health.draining())
        .put(
            "connections",
            json(connections.stream().limit(MAX_TOLD).toList(), ConnectionReport::toJson))
        .put("names", json(names, NameReport::toJson))
        .put("workers", json(workers, WorkerReport::toJson))
        .put("limits", json(limits(reports, unread), LimitReport::toJson));
  }

  private List<LimitReport> limits(Queue<Source.Report> reports, long unread) {
    var limits = deployments.options().getLimits();
    var pending = deployments.all().stream().mapToInt(each -> each.pending().count()).max();
    var own =
        Stream.of(
            new LimitReport(
                "limits.pendingWaits", pending.orElse(0), limits.getPendingWaits(), null),
            new LimitReport("limits.unread", unread, limits.getUnread(), null));
    var near =
        reports.stream()
            .flatMap(report -> report.limits().stream())
            .sorted(Comparator.comparingDouble(LimitReport::part).reversed());
    return Stream.concat(own, near).limit(MAX_TOLD).toList();
  }

  private static <T> JsonArray json(Collection<T> all, Function<T, JsonObject> each) {
    var json = new JsonArray();
    all.forEach(one -> json.add(each.apply(one)));
    return json;
  }

  private static String version() {
    var version = Reporter.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "");
  }

  private Future<JsonObject> explain(EventKey key) {
    var courses = new ConcurrentLinkedQueue<Course>();
    return askPending(key, MAX_ASKED, subscriber -> courses.addAll(subscriber.courses(key)))
        .map(told -> explain(key, courses));
  }

  private JsonObject explain(EventKey key, Queue<Course> pending) {
    var now = clock.nanoTime();
    var ended = journal.of(key);
    var courses = new ArrayList<>(pending);
    ended.stream().filter(Course.class::isInstance).map(Course.class::cast).forEach(courses::add);
    var steps = new ArrayList<Step>();
    courses.forEach(course -> course.steps(steps::add));
    for (var entry : ended) {
      if (entry instanceof Step step && (step.key() != null || spans(courses, step.at(), now))) {
        steps.add(step);
      }
    }
    var bequeathed = ended.stream().filter(Bequest.class::isInstance).map(Bequest.class::cast);
    steps.sort(Comparator.comparingLong(step -> step.at() - now));
    var told = steps.subList(Math.max(0, steps.size() - MAX_STEPS), steps.size());
    var json = json(told, step -> json(step, now));
    bequeathed.limit(MAX_STEPS).forEach(bequest -> json.add(bequest.step()));
    return answer().put("pending", pending.size()).put("steps", json);
  }

  /** Completes once all ServerEvents have noted what they have just been told. */
  public Future<Void> noted() {
    return all(journal.sources().stream().map(Source::report).toList());
  }

  /** What other servers should know of the waits that have ended since this one stops. */
  public JsonArray bequest() {
    var now = clock.nanoTime();
    var steps = new JsonArray();
    for (var course : journal.last(Cause.DRAINING, MAX_BEQUEATHED)) {
      course.steps(
          step ->
              steps.add(
                  json(step, now)
                      .put("server", journal.server())
                      .put("name", course.key().name())
                      .put("id", course.key().id())));
    }
    return steps;
  }

  /** Remembers what a server tells that stops. */
  public void inherit(JsonArray steps) {
    steps.stream()
        .limit(MAX_INHERITED)
        .map(JsonObject.class::cast)
        .forEach(
            step ->
                journal.notable(
                    new Bequest(new EventKey(step.getString("name"), step.getString("id")), step)));
  }

  private static boolean spans(List<Course> courses, long at, long now) {
    return courses.stream().anyMatch(course -> course.spans(at, now));
  }

  private JsonObject json(Step step, long now) {
    var age = TimeUnit.NANOSECONDS.toMillis(now - step.at());
    var json =
        new JsonObject().put("at", clock.currentTimeMillis() - age).put("what", step.what().word());
    if (step.detail() != null) {
      json.put("detail", step.detail());
    }
    if (step.cause() != null) {
      json.put("cause", step.cause().word());
    }
    return step.args() == null ? json : json.put("args", step.args().toJsonArray());
  }

  private Future<JsonObject> cancel(EventKey key) {
    var cancelled = new AtomicInteger();
    var why =
        new WaitCancelledException(Cause.CANCELLED, "All that wait for the event were cancelled");
    return askPending(
            key, MAX_CANCELLED, subscriber -> cancelled.addAndGet(subscriber.cancel(key, why)))
        .map(told -> answer().put("cancelled", cancelled.get()));
  }

  /** Asks all that wait for an event, or may do so, each on its own context. */
  private Future<Void> askPending(EventKey key, int max, Function<Subscriber, Object> question) {
    var asked =
        deployments.all().stream().map(verticle -> ask(verticle, key, max, question)).toList();
    return all(asked);
  }

  private static Future<?> ask(
      Deployment verticle, EventKey key, int max, Function<Subscriber, Object> question) {
    Promise<List<Subscriber>> found = Promise.promise();
    verticle.commands().add(new Command.Find(key, max, found));
    return found
        .future()
        .compose(
            subscribers ->
                Future.join(subscribers.stream().map(each -> ask(each, question)).toList()));
  }

  private static Future<Object> ask(Subscriber subscriber, Function<Subscriber, Object> question) {
    Promise<Object> answer = Promise.promise();
    subscriber
        .notices()
        .add(new Notices.Asked(subscriber, each -> answer.complete(question.apply(each))));
    return answer.future();
  }
}
