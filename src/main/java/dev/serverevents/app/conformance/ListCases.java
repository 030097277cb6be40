package dev.serverevents.app.conformance;

import dev.serverevents.WorkOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The adapter takes jobs from a list. */
final class ListCases {

  private static final int MANY = 300;

  private ListCases() {}

  private static Case of(String name, Case.Steps steps) {
    return new Case("list", name, steps);
  }

  static Stream<Case> all() {
    return Stream.of(
        of("jobs are taken in their order", ListCases::order),
        of("a job is on the worker's own list until it is done", ListCases::ownList),
        of("what is no job is dropped", ListCases::noJob),
        of("two jobs with the same text are both done", ListCases::twice),
        of("a job with unknown fields and headers is done", ListCases::unknownFields),
        of("many jobs are each done once", ListCases::many),
        of("a job of a worker that was killed is not lost", ListCases::killed),
        of("a worker gives back the jobs of one that is gone", ListCases::recovers));
  }

  private static void order(Rig rig) {
    var name = rig.name();
    var ids = List.of("1", "2", "3", "4");
    for (var id : ids) {
      rig.peer().send("RPUSH", "$jobs:{" + name + "}", Rig.key(name, id).encode());
    }
    var worker = TestedWorker.start(rig, name, 1);
    var begun = new ArrayList<String>();
    for (var i = 0; i < ids.size(); i++) {
      var job = rig.adapter().events().await("job", event -> true, "a job", Check.PATIENCE);
      var id = String.valueOf(job.getValue("id"));
      begun.add(id);
      worker.finish(id, "[]");
    }
    Check.equal("the jobs", ids, begun);
    worker.awaitDone();
  }

  private static void ownList(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var job = worker.job("7");
    worker.begin(job);
    var own = rig.peer().list("LRANGE", worker.ownList(), 0, -1);
    Check.equal("the worker's own list", List.of(job.encode()), own);
    Check.equal("the jobs that wait", 0, rig.peer().integer("LLEN", worker.list()));
    var members = rig.peer().list("SMEMBERS", worker.workers());
    Check.equal("who is in the set of workers", List.of(worker.id()), members);
    worker.finish("7", "[]");
    worker.awaitDone();
    Check.equal("the jobs that wait", 0, rig.peer().integer("LLEN", worker.list()));
  }

  private static void noJob(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    for (var text : List.of("hello", "[]", "{\"id\":\"1\"}", "{\"name\":\"$a\",\"id\":\"1\"}")) {
      rig.peer().send("RPUSH", worker.list(), text);
    }
    worker.begin(worker.job("7"));
    worker.finish("7", "[]");
    worker.awaitDone();
  }

  private static void twice(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.name() + ":7");
    worker.push(worker.job("7"));
    worker.push(worker.job("7"));
    for (var args : List.of("[1]", "[2]")) {
      worker.begun("7");
      worker.finish("7", args);
      heard.next("the event", worker.name() + ":7", worker.event("7", args), 2);
    }
    worker.awaitDone();
  }

  private static void unknownFields(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var job = worker.job("7").put("later", new JsonObject().put("a", 1));
    worker.begin(job.put("headers", new JsonObject().put("traceparent", "00-1")));
    worker.finish("7", "[]");
    worker.awaitDone();
  }

  private static void many(Rig rig) {
    var worker = TestedWorker.start(rig, 20);
    var heard = rig.peer().subscribe(worker.inbox());
    var jobs = IntStream.range(0, MANY).mapToObj(i -> worker.job(String.valueOf(i))).toList();
    jobs.forEach(job -> worker.push(job.put("replyTo", worker.inbox())));
    var missing = new TreeSet<>(IntStream.range(0, MANY).mapToObj(String::valueOf).toList());
    for (var i = 0; i < MANY; i++) {
      var job =
          rig.adapter().events().await("job", event -> true, "job " + i, rig.adapter().limit());
      var id = String.valueOf(job.getValue("id"));
      Check.that("the jobs that are begun", missing.remove(id), "each once", id);
      worker.finish(id, "[" + id + "]");
    }
    var results = new TreeSet<String>();
    for (var i = 0; i < MANY; i++) {
      results.add(JsonText.canonical(heard.next("one of the results").payload(), 2));
    }
    var expected = new TreeSet<String>();
    jobs.forEach(
        job -> {
          var id = job.getString("id");
          expected.add(JsonText.canonical(worker.event(id, "[" + id + "]"), 2));
        });
    Check.equal("the results", expected, results);
    heard.nothing("what is emitted besides the results");
    worker.awaitDone();
  }

  private static void killed(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.name() + ":7");
    worker.begin(worker.job("7"));
    rig.adapter().begin("crash", new JsonObject());
    Check.that("the process that crashes", rig.adapter().exit(5_000) >= 0, "ends", "goes on");
    var server = rig.server();
    var other =
        server.work(
            worker.name(),
            server.jobList(worker.name()),
            WorkOptions.DEFAULT,
            job -> Future.succeededFuture("done by another"));
    Peer.await(other.ready());
    var event = worker.event("7", "[\"done by another\"]");
    var message = heard.poll(20_000);
    Check.that("the job of the worker that was killed", message != null, "given back", "lost");
    Check.payload("the event", event, message == null ? "" : message.payload(), 2);
    Peer.await(other.close());
  }

  private static void recovers(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    if (!worker.recovers()) {
      throw new SkippedException("the worker does not give back the jobs of others");
    }
    var gone = worker.list() + ":conformance-gone";
    rig.peer().send("RPUSH", gone, worker.job("7").encode());
    rig.peer().send("SADD", worker.workers(), "conformance-gone");
    worker.begun("7");
    worker.finish("7", "[]");
    worker.awaitDone();
    Check.equal("what the other one has", 0, rig.peer().integer("LLEN", gone));
    Check.soon(
        "the other one is not in the set of workers any more",
        () -> rig.peer().list("SMEMBERS", worker.workers()).equals(List.of(worker.id())),
        () -> rig.peer().list("SMEMBERS", worker.workers()));
  }
}
