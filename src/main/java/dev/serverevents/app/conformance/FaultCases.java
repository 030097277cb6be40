package dev.serverevents.app.conformance;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Something goes wrong while the adapter is at work. */
final class FaultCases {

  /** So long a client may take until it is connected again, in ms. */
  private static final long RECONNECT = 15_000;

  private FaultCases() {}

  private static Case of(String name, Case.Steps steps) {
    return new Case("faults", name, steps);
  }

  static Stream<Case> all() {
    return Stream.of(
        of("a wait whose connection is cut gets its event, or is unavailable", FaultCases::waits),
        of("a wait whose connection is cut does not call it a timeout", FaultCases::noTimeout),
        of("a retained event is found that came while the connection was cut", FaultCases::found),
        of("events are emitted again after the connection was cut", FaultCases::emits),
        of("a worker whose connection is cut claims again what it has", FaultCases::claims),
        of("a wait gets its event after Redis was started again", FaultCases::restartOfWait),
        of("a worker works after Redis was started again", FaultCases::restartOfWorker),
        of("an idempotent emit after Redis was started again", FaultCases::restartOfFunction),
        of("malformed traffic beside a wait", FaultCases::malformedBesideWait),
        of("malformed traffic beside a worker", FaultCases::malformedBesideWorker),
        of("a flood of events of others", FaultCases::flood),
        of("the end of input ends the adapter", FaultCases::end));
  }

  /** The wait ends as unavailable, or is subscribed again and gets an event. */
  private static void goesOnOrIsUnavailable(Rig rig, Call wait, String name) {
    Check.that(
        "the wait",
        Check.within(RECONNECT, () -> wait.isAnswered() || rig.peer().subscribers(name + ":7") > 0),
        "is subscribed again, or ends",
        "neither");
    if (!wait.isAnswered()) {
      rig.peer().publish(name + ":7", "[\"" + name + "\",7,1]");
    }
    var answer = wait.answer(RECONNECT);
    if (!"unavailable".equals(answer.getString("error"))) {
      Check.equal("the end of the wait", new JsonObject().put("args", "[1]"), out(answer));
    }
  }

  private static Object out(JsonObject answer) {
    var out = answer.getJsonObject("out");
    return out == null
        ? answer
        : out.copy().put("args", JsonText.canonical(String.valueOf(out.getValue("args"))));
  }

  private static void waits(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7, 20_000);
    rig.peer().cut("PING");
    goesOnOrIsUnavailable(rig, wait, name);
  }

  private static void noTimeout(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7, 1_500);
    rig.peer().cut("PUBLISH", name + ":7", "[\"" + name + "\",7,1]");
    Check.equal(
        "the end of a wait that may have missed its event",
        "unavailable",
        wait.answer(RECONNECT).getString("error"));
  }

  private static void found(Rig rig) {
    var name = rig.name();
    var in = Rig.key(name, 7).put("timeout", 20_000).put("retained", true);
    var wait = rig.adapter().begin("on", in).subscribed();
    var key = "$retained:{" + name + ":7}:" + name.length();
    rig.peer().cut("SET", key, "[\"" + name + "\",7,1]", "PX", 60_000);
    var answer = wait.answer(RECONNECT);
    Check.equal("the end of the wait", new JsonObject().put("args", "[1]"), out(answer));
  }

  /** Emits until that succeeds, which it must soon. */
  private static void emitAgain(Rig rig, JsonObject in) {
    var answers = new ArrayList<JsonObject>();
    var isEmitted =
        Check.within(
            RECONNECT,
            () -> {
              var answer = rig.adapter().ask("emit", in);
              answers.add(answer);
              return answer.containsKey("out");
            });
    Check.that("an emit", isEmitted, "succeeds again", answers.get(answers.size() - 1).encode());
  }

  private static void emits(Rig rig) {
    var name = rig.name();
    rig.adapter().call("emit", Rig.key(name, 7).put("args", "[0]"));
    rig.peer().cut("PING");
    var heard = rig.peer().subscribe(name + ":7");
    emitAgain(rig, Rig.key(name, 7).put("args", "[1]"));
    heard.next("the event", name + ":7", "[\"" + name + "\",7,1]", 2);
  }

  private static void claims(Rig rig) {
    var worker = TestedWorker.start(rig, 2);
    var heard = rig.peer().subscribe(worker.inbox());
    worker.begin(worker.direct("7"));
    heard.until("the claim", "[\"$claim\"");
    rig.peer().cut("PING");
    awaitLease(rig, worker);
    Check.that(
        "a claim after the connection was cut",
        Check.within(
            RECONNECT,
            () -> {
              var next = heard.poll(10);
              return next != null
                  && JsonText.canonical(next.payload(), 4)
                      .equals(JsonText.canonical(worker.claim("7"), 4));
            }),
        worker.claim("7"),
        "none");
    worker.finish("7", "[1]");
    heard.until("the reply", "[\"" + worker.name());
    worker.begin(worker.job("8"));
    worker.finish("8", "[]");
    worker.awaitDone();
  }

  private static void awaitLease(Rig rig, TestedWorker worker) {
    for (var channel : List.of(worker.channel(), "$serves:" + worker.name())) {
      Check.that(
          "the worker subscribes " + channel,
          Check.within(RECONNECT, () -> rig.peer().subscribers(channel) == 1),
          "again",
          "not within " + RECONNECT + " ms");
    }
  }

  private static void restartOfWait(Rig rig) throws IOException {
    var name = rig.name();
    var wait = rig.wait(name, 7, 30_000);
    rig.restartRedis();
    goesOnOrIsUnavailable(rig, wait, name);
    Check.that(
        "a wait after Redis was started again",
        Check.within(
            RECONNECT,
            () -> {
              var next = rig.adapter().begin("on", Rig.key(name, 8).put("timeout", 10_000));
              var isHeard =
                  Check.within(
                      RECONNECT,
                      () -> next.isAnswered() || rig.peer().subscribers(name + ":8") > 0);
              rig.peer().publish(name + ":8", "[\"" + name + "\",8,2]");
              return isHeard && next.answer(20_000).containsKey("out");
            }),
        "gets its event",
        "does not");
  }

  private static void restartOfWorker(Rig rig) throws IOException {
    var worker = TestedWorker.start(rig, 1);
    rig.restartRedis();
    awaitLease(rig, worker);
    var heard = rig.peer().subscribe(worker.name() + ":7");
    worker.push(worker.job("7"));
    worker.begun("7");
    Check.soon(
        "the worker is in the set of workers again",
        () -> rig.peer().list("SMEMBERS", worker.workers()).equals(List.of(worker.id())),
        () -> rig.peer().list("SMEMBERS", worker.workers()));
    worker.finish("7", "[1]");
    heard.next("the event", worker.name() + ":7", worker.event("7", "[1]"), 2);
    worker.awaitDone();
  }

  private static void restartOfFunction(Rig rig) throws IOException {
    var name = rig.name();
    var in = Rig.key(name, 7).put("args", "[1]").put("idempotencyKey", "k");
    rig.adapter().call("emit", in);
    rig.restartRedis();
    emitAgain(rig, Rig.key(name, 8).put("args", "[1]").put("idempotencyKey", "k"));
  }

  private static List<String> malformed(int count) {
    var all = WaitCases.MALFORMED;
    return IntStream.range(0, count).mapToObj(i -> all.get(i % all.size())).toList();
  }

  private static void malformedBesideWait(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    rig.peer().publish(name + ":7", malformed(2_000));
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,1]");
    wait.got("[1]");
  }

  private static void malformedBesideWorker(Rig rig) {
    var worker = TestedWorker.start(rig, 1);
    rig.peer().subscribe(worker.inbox());
    worker.begin(worker.claimed("7"));
    for (var channel : List.of(worker.channel(), "$serves:" + worker.name(), worker.inbox())) {
      rig.peer().publish(channel, malformed(1_000));
    }
    var heard = rig.peer().subscribe(worker.name() + ":7");
    worker.finish("7", "[1]");
    heard.next("the event", worker.name() + ":7", worker.event("7", "[1]"), 2);
    worker.awaitDone();
  }

  private static void flood(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, "b:7");
    var others =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "[\"%s:b\",\"7\",%d,\"%s\"]".formatted(name, i, "x".repeat(100)))
            .toList();
    rig.peer().publish(name + ":b:7", others);
    rig.peer().publish(name + ":b:7", "[\"" + name + "\",\"b:7\",1]");
    wait.got("[1]");
  }

  private static void end(Rig rig) {
    var adapter = rig.adapter();
    rig.wait(rig.name(), 7);
    TestedWorker.start(rig, 1);
    Check.equal("the exit code at the end of input", 0, adapter.end(5_000));
  }
}
