package dev.serverevents.app.conformance;

import dev.serverevents.WaitOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The adapter has a worker. */
final class WorkCases {

  private static final String CLAIM = "[\"$claim\"";
  private static final String ALIVE = "[\"$alive\"";

  private WorkCases() {}

  private static Case of(String name, Case.Steps steps) {
    return new Case("work", name, steps);
  }

  static Stream<Case> all() {
    return Stream.of(
        of("a worker has a lease and serves its name", WorkCases::lease),
        of("a result is emitted on the channel of its event", WorkCases::result),
        of("a failure is emitted with its envelope", WorkCases::failure),
        of("a direct reply goes to the inbox alone", WorkCases::direct),
        of("a job is claimed by the worker that has the lease, before it begins", WorkCases::claim),
        of("each job is claimed", WorkCases::claimOfEach),
        of("signs of life come in time", WorkCases::alive),
        of("progress goes to its channel, and is a sign of life", WorkCases::progress),
        of("a direct job that is unwanted is over, and nothing is emitted", WorkCases::unwanted),
        of("a job that others wait for goes on until they have left", WorkCases::othersWait),
        of("a job that nobody waits for is over when it is unwanted", WorkCases::nobodyWaits),
        of("a job whose claim is revoked is over, whoever waits", WorkCases::revoked),
        of("what is said of another job or inbox ends nothing", WorkCases::ofAnother),
        of("a job is claimed again when its server asks", WorkCases::reclaim),
        of("a job whose server is gone is over", WorkCases::serverGone),
        of("malformed messages to the worker are passed over", WorkCases::malformed),
        of("a worker has as many jobs at a time as it is told", WorkCases::concurrency),
        of("a worker that stops does what it has, and leaves", WorkCases::stop),
        of("our own server gets the result of a job that it watches", WorkCases::ofServer),
        of("our own server gets a direct reply", WorkCases::directOfServer),
        of("a wait that our own server cancels ends the job", WorkCases::cancelled));
  }

  private static void lease(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    Check.equal("who has the lease", 1, rig.peer().subscribers(worker.channel()));
    Check.equal("who serves", 1, rig.peer().subscribers("$serves:" + worker.name()));
  }

  private static void result(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.name() + ":7");
    var begun = worker.begin(worker.job("7"));
    Check.json("the data of the job", "{\"n\":1}", String.valueOf(begun.getValue("data")));
    worker.finish("7", "[1.50,\"\u20ac\"]");
    var event = worker.event("7", "[1.50,\"\u20ac\"]");
    heard.next("the event", worker.name() + ":7", event, 2);
    worker.awaitDone();
  }

  private static void failure(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.name() + ":7", worker.inbox());
    var failure = new JsonObject().put("code", 422).put("message", "No").put("detail", "{\"a\":1}");
    var payload = "[{\"$failure\":{\"code\":422,\"message\":\"No\",\"detail\":{\"a\":1}}}]";
    worker.begin(worker.job("7"));
    var in = Rig.key(worker.name(), "7").mergeIn(failure);
    rig.adapter().call("failJob", in);
    heard.next("the failure", worker.name() + ":7", worker.event("7", payload), 2);
    worker.begin(worker.job("8").put("replyTo", worker.inbox()));
    rig.adapter().call("failJob", in.copy().put("id", "8"));
    heard.next("the failure", worker.inbox(), worker.event("8", payload), 2);
    worker.awaitDone();
  }

  private static void direct(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.name() + ":7", worker.inbox());
    worker.begin(worker.job("7").put("replyTo", worker.inbox()));
    worker.finish("7", "[1]");
    heard.next("the reply", worker.inbox(), worker.event("7", "[1]"), 2);
    heard.nothing("what a direct reply also publishes");
  }

  private static void claim(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.inbox());
    worker.begin(worker.direct("7"));
    worker.finish("7", "[1]");
    heard.next("the claim", worker.inbox(), worker.claim("7"), 4);
    var start = "[\"" + worker.name();
    var reply = heard.until("the reply", start).payload();
    Check.payload("the reply", worker.event("7", "[1]"), reply, 2);
  }

  private static void claimOfEach(Rig rig) {
    var worker = TestedWorker.start(rig, 2);
    var heard = rig.peer().subscribe(worker.inbox());
    for (var id : List.of("7", "8")) {
      worker.begin(worker.direct(id));
      var claim = heard.until("the claim", CLAIM).payload();
      Check.payload("the claim", worker.claim(id), claim, 4);
    }
  }

  private static void alive(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.inbox());
    worker.begin(worker.direct("7").put("stalledAfter", 2_000));
    var last = heard.until("the claim", CLAIM).at();
    for (var i = 0; i < 3; i++) {
      var sign = heard.next("a sign of life");
      var payload = "[\"$alive\",\"" + worker.id() + "\"]";
      Check.payload("a sign of life", payload, sign.payload(), 2);
      var ms = sign.at() - last;
      Check.that("the time until a sign of life", ms < 1_000, "500 ms", ms + " ms");
      last = sign.at();
    }
  }

  private static void progress(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var channel = "$progress:" + worker.name() + ":7";
    var progress = rig.peer().subscribe(channel);
    var event = rig.peer().subscribe(worker.name() + ":7");
    var heard = rig.peer().subscribe(worker.inbox());
    worker.begin(worker.claimed("7"));
    heard.until("the claim", CLAIM);
    rig.adapter().call("progressJob", Rig.key(worker.name(), "7").put("args", "[50,\"%\"]"));
    progress.next("the progress", channel, worker.event("7", "[50,\"%\"]"), 2);
    var sign = "[\"$alive\",\"%s\",\"%s\",\"7\"]".formatted(worker.id(), worker.name());
    var signs = new ArrayList<String>();
    Check.soon(
        "a sign of life with the job",
        () -> {
          var next = heard.poll(10);
          return next != null
              && signs.add(next.payload())
              && JsonText.canonical(next.payload(), 4).equals(JsonText.canonical(sign, 4));
        },
        () -> signs);
    event.nothing("what a progress publishes on the channel of the event");
  }

  /** Ends a job that is over, and sees that nothing is emitted. */
  private static void emitsNothing(TestedWorker worker, String id, Heard... all) {
    worker.finish(id, "[1]");
    worker.awaitDone();
    for (var heard : all) {
      for (var next = heard.poll(300); next != null; next = heard.poll(300)) {
        var isSign = next.payload().startsWith(ALIVE);
        Check.that("what is emitted for a job that is over", isSign, "nothing", next.payload());
      }
    }
  }

  private static void unwanted(Rig rig) {
    endsWhenTold(rig, "$unwanted", TestedWorker::direct);
  }

  private static void revoked(Rig rig) {
    endsWhenTold(rig, "$revoked", TestedWorker::claimed);
  }

  /** A job of some kind is over as soon as the worker is told so. */
  private static void endsWhenTold(
      Rig rig, String signal, BiFunction<TestedWorker, String, JsonObject> kind) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.inbox());
    var others = rig.peer().subscribe(worker.name() + ":7");
    worker.begin(kind.apply(worker, "7"));
    heard.until("the claim", CLAIM);
    worker.tell(signal, "7");
    worker.over("7");
    emitsNothing(worker, "7", heard, others);
  }

  private static void othersWait(Rig rig) {
    var worker = TestedWorker.start(rig, 2);
    var heard = rig.peer().subscribe(worker.inbox());
    var others = rig.peer().subscribe(worker.name() + ":7");
    var leaving = rig.peer().subscribe(worker.name() + ":8");
    for (var id : List.of("7", "8")) {
      worker.begin(worker.claimed(id));
      heard.until("the claim", CLAIM);
      worker.tell("$unwanted", id);
      worker.goesOn(id);
    }
    worker.finish("7", "[1]");
    others.next("the event", worker.name() + ":7", worker.event("7", "[1]"), 2);
    leaving.close();
    worker.over("8");
    emitsNothing(worker, "8", rig.peer().subscribe(worker.name() + ":8"));
  }

  private static void nobodyWaits(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.inbox());
    worker.begin(worker.claimed("7"));
    heard.until("the claim", CLAIM);
    worker.tell("$unwanted", "7");
    worker.over("7");
    emitsNothing(worker, "7", rig.peer().subscribe(worker.name() + ":7"));
  }

  private static void ofAnother(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.inbox(), worker.name() + ":7");
    worker.begin(worker.claimed("7"));
    heard.until("the claim", CLAIM);
    worker.tell("$unwanted", "8");
    worker.tell("$revoked", "70");
    var elsewhere = "$inbox:" + worker.name() + ":conformance.2";
    worker.tell("[\"$revoked\",\"%s\",\"7\",\"%s\"]".formatted(worker.name(), elsewhere));
    worker.tell("[\"$revoked\",\"another\",\"7\",\"%s\"]".formatted(worker.inbox()));
    worker.tell("[\"$later\",\"%s\",\"7\",\"%s\"]".formatted(worker.name(), worker.inbox()));
    worker.goesOn("7");
    worker.finish("7", "[1]");
    heard.until("the event", "[\"" + worker.name());
  }

  private static void reclaim(Rig rig) {
    var worker = TestedWorker.start(rig, 2);
    var heard = rig.peer().subscribe(worker.inbox());
    var claims = new ArrayList<String>();
    for (var id : List.of("7", "8")) {
      worker.begin(worker.claimed(id));
      claims.add(JsonText.canonical(heard.until("the claim", CLAIM).payload(), 4));
    }
    worker.tell("[\"$reclaim\",\"" + worker.inbox() + "\"]");
    var again = new ArrayList<String>();
    for (var i = 0; i < claims.size(); i++) {
      again.add(JsonText.canonical(heard.until("the claims, again", CLAIM).payload(), 4));
    }
    again.sort(null);
    Check.equal("the claims, again", claims, again);
  }

  private static void serverGone(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.inbox());
    worker.begin(worker.direct("7"));
    heard.until("the claim", CLAIM);
    heard.close();
    worker.over("7");
    emitsNothing(worker, "7", rig.peer().subscribe(worker.inbox()));
  }

  private static void malformed(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.inbox());
    worker.begin(worker.direct("7"));
    heard.until("the claim", CLAIM);
    WaitCases.MALFORMED.forEach(worker::tell);
    worker.tell("[\"$unwanted\"]");
    worker.tell("[\"$unwanted\",\"" + worker.name() + "\",\"7\"]");
    worker.tell("[\"$revoked\",\"" + worker.name() + "\",\"7\"]");
    worker.goesOn("7");
    worker.tell("$unwanted", "7");
    worker.over("7");
    emitsNothing(worker, "7", heard);
  }

  private static void concurrency(Rig rig) {
    var worker = TestedWorker.start(rig, 2);
    List.of("1", "2", "3").forEach(id -> worker.push(worker.job(id)));
    worker.begun("1");
    worker.begun("2");
    var third = rig.adapter().events().take("job", event -> true, 500);
    Check.equal("a third job at a time", null, third);
    worker.finish("2", "[]");
    worker.begun("3");
    worker.finish("1", "[]");
    worker.finish("3", "[]");
    worker.awaitDone();
  }

  private static void stop(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var heard = rig.peer().subscribe(worker.name() + ":7");
    worker.begin(worker.job("7"));
    var stopped = rig.adapter().begin("stopWork", new JsonObject().put("name", worker.name()));
    rig.peer().awaitSubscribers("$serves:" + worker.name(), 0);
    Check.that("the end of the worker", !stopped.isAnswered(), "when its job is done", "before");
    worker.finish("7", "[1]");
    heard.next("the event", worker.name() + ":7", worker.event("7", "[1]"), 2);
    stopped.out();
    rig.peer().awaitSubscribers(worker.channel(), 0);
    worker.push(worker.job("8"));
    worker.goesOn("8");
    Check.equal("the jobs on the list", 1, rig.peer().integer("LLEN", worker.list()));
    var members = rig.peer().list("SMEMBERS", worker.workers());
    Check.equal("who is in the set of workers", List.of(), members);
  }

  private static void ofServer(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var server = rig.server();
    var options = WaitOptions.DEFAULT.timeout(10_000).stalledAfter(2_000);
    var list = server.jobList(worker.name());
    var request = server.request(worker.name(), 7, options, job -> list.push(job.data("tea")));
    var begun = worker.begun("7");
    Check.json("the data of the job", "\"tea\"", String.valueOf(begun.getValue("data")));
    Check.within(2_500, request::isComplete); // signs of life keep it up
    worker.finish("7", "[42,\"EUR\"]");
    Check.equal("what our server gets", "[42,\"EUR\"]", Peer.await(request));
    worker.awaitDone();
  }

  private static void directOfServer(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var server = rig.server();
    var options = WaitOptions.DEFAULT.timeout(10_000).direct(true).requireWorker();
    var list = server.jobList(worker.name());
    var request = server.request(worker.name(), 7, options, list::push);
    worker.begun("7");
    worker.finish("7", "[1]");
    Check.equal("what our server gets", "[1]", Peer.await(request));
  }

  private static void cancelled(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    var server = rig.server();
    var options = WaitOptions.DEFAULT.timeout(10_000).watchWorker();
    var list = server.jobList(worker.name());
    var wait = server.listen(worker.name(), 7, options, list::push);
    worker.begun("7");
    wait.cancel();
    worker.over("7");
    worker.finish("7", "[1]");
    worker.awaitDone();
  }
}
