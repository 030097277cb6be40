package dev.serverevents.app.conformance;

import dev.serverevents.EventFailureException;
import dev.serverevents.WaitOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The adapter emits events. */
final class EmitCases {

  private static final int DAY = 86_400_000;

  private EmitCases() {}

  private static Case of(String name, Case.Steps steps) {
    return new Case("emit", name, steps);
  }

  static Stream<Case> all() {
    return Stream.of(
        of("an event is published on its channel with its receivers told", EmitCases::event),
        of("arguments keep their bytes", EmitCases::bytes),
        of("a name and an id in Unicode", EmitCases::unicode),
        of("bad input publishes nothing", EmitCases::refused),
        of("a failure has its envelope", EmitCases::failure),
        of("a progress goes to its own channel alone", EmitCases::progress),
        of("a direct reply goes to the inbox alone", EmitCases::reply),
        of("a retained event is kept for its time, and published", EmitCases::retained),
        of("it is stored before it is published, in one transaction", EmitCases::order),
        of("the key of a retained event counts bytes", EmitCases::retainedUnicode),
        of("a newer retained event replaces the older one", EmitCases::replaced),
        of("a retained failure is kept", EmitCases::retainedFailure),
        of("an idempotent event is published once", EmitCases::once),
        of("its outcome is noted for a day", EmitCases::outcome),
        of("a key that stands for another event is a conflict", EmitCases::conflict),
        of("an idempotent event is retained as well", EmitCases::onceRetained),
        of("many events all arrive, each once", EmitCases::many),
        of("our own server gets events, failures and what is retained", EmitCases::toServer));
  }

  private static JsonObject emit(String name, Object id, String args) {
    return Rig.key(name, id).put("args", args);
  }

  private static void event(Rig rig) {
    var name = rig.name();
    Check.equal("the receivers", 0, rig.receivers("emit", emit(name, 7, "[1]")));
    var heard = rig.peer().subscribe(name + ":7");
    Check.equal("the receivers", 1, rig.receivers("emit", emit(name, 7, "[42,\"EUR\"]")));
    heard.next("the event", name + ":7", "[\"" + name + "\",7,42,\"EUR\"]", 2);
    rig.receivers("emit", emit(name, "7", "[]"));
    heard.next("the event", name + ":7", "[\"" + name + "\",7]", 2);
  }

  private static void bytes(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7");
    var args = "[1.50,1e400,-0,9007199254740993,12345678901234567890,{\"a\":0.10},\"\u00e9\"]";
    rig.receivers("emit", emit(name, 7, args));
    var payload = "[\"" + name + "\",7," + args.substring(1);
    heard.next("the event", name + ":7", payload, 2);
  }

  private static void unicode(Rig rig) {
    var name = rig.name() + ".gr\u00f6\u00dfe";
    var channel = name + ":\ud83d\ude80";
    var heard = rig.peer().subscribe(channel);
    rig.receivers("emit", emit(name, "\ud83d\ude80", "[\"\u20ac\"]"));
    heard.next("the event", channel, "[\"" + name + "\",\"\ud83d\ude80\",\"\u20ac\"]", 2);
  }

  private static void refused(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7", "$" + name + ":7", "__" + name + ":7");
    rig.adapter().begin("emit", emit("$" + name, 7, "[1]")).error("invalid");
    rig.adapter().begin("emit", emit("__" + name, 7, "[1]")).error("invalid");
    rig.adapter().begin("emit", emit(name, 7, "[1")).error("invalid");
    heard.nothing("what is published of bad input");
  }

  private static JsonObject failing(String name) {
    return Rig.key(name, 7).put("code", 422).put("message", "No").put("detail", "{\"a\":1}");
  }

  private static String failurePayload(String name) {
    return "[\"%s\",7,{\"$failure\":{\"code\":422,\"message\":\"No\",\"detail\":{\"a\":1}}}]"
        .formatted(name);
  }

  private static void failure(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7");
    Check.equal("the receivers", 1, rig.receivers("fail", failing(name)));
    heard.next("the failure", name + ":7", failurePayload(name), 2);
  }

  private static void progress(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7", "$progress:" + name + ":7");
    rig.receivers("progress", emit(name, 7, "[50,\"%\"]").put("live", true));
    heard.next("the progress", "$progress:" + name + ":7", "[\"" + name + "\",7,50,\"%\"]", 2);
    heard.nothing("what a progress also publishes");
  }

  private static void reply(Rig rig) {
    var name = rig.name();
    var inbox = "$inbox:" + name + ":x.1";
    var heard = rig.peer().subscribe(name + ":7", inbox);
    var reply = emit(name, 7, "[1]").put("replyTo", inbox).put("live", true);
    Check.equal("the receivers", 1, rig.receivers("reply", reply));
    heard.next("the reply", inbox, "[\"" + name + "\",7,1]", 2);
    heard.nothing("what a direct reply also publishes");
  }

  private static String retainedKey(String name) {
    var bytes = name.getBytes(StandardCharsets.UTF_8).length;
    return "$retained:{" + name + ":7}:" + bytes;
  }

  private static void isKept(Rig rig, String name, String payload, int retain) {
    var kept = rig.peer().text("GET", retainedKey(name));
    Check.payload("what is kept under the key", payload, String.valueOf(kept), 2);
    var left = rig.peer().integer("PTTL", retainedKey(name));
    Check.that("its time", left > retain / 2 && left <= retain, retain + " ms", left);
  }

  private static void retained(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7");
    rig.receivers("emit", emit(name, 7, "[1.50]").put("retain", 60_000));
    heard.next("the event", name + ":7", "[\"" + name + "\",7,1.50]", 2);
    isKept(rig, name, "[\"" + name + "\",7,1.50]", 60_000);
  }

  private static void order(Rig rig) throws IOException {
    var name = rig.name();
    try (var monitor = rig.monitor()) {
      rig.receivers("emit", emit(name, 7, "[1]").put("retain", 60_000));
      rig.peer().text("ECHO", "end of " + name);
      var commands = String.join(" ", monitor.until("end of " + name, name + ":7"));
      Check.that(
          "the commands",
          commands.contains("MULTI SET PUBLISH EXEC"),
          "MULTI SET PUBLISH EXEC",
          commands);
    }
  }

  private static void retainedUnicode(Rig rig) {
    var name = rig.name() + ".gr\u00f6\u00dfe";
    rig.receivers("emit", emit(name, 7, "[1]").put("retain", 60_000));
    isKept(rig, name, "[\"" + name + "\",7,1]", 60_000);
  }

  private static void replaced(Rig rig) {
    var name = rig.name();
    rig.receivers("emit", emit(name, 7, "[1]").put("retain", 60_000));
    rig.receivers("emit", emit(name, 7, "[2]").put("retain", 600_000));
    isKept(rig, name, "[\"" + name + "\",7,2]", 600_000);
  }

  private static void retainedFailure(Rig rig) {
    var name = rig.name();
    rig.receivers("fail", failing(name).put("retain", 60_000));
    isKept(rig, name, failurePayload(name), 60_000);
  }

  private static JsonObject once(String name, String args) {
    return emit(name, 7, args).put("idempotencyKey", "job-81");
  }

  private static void once(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7");
    Check.equal("the receivers", 1, rig.receivers("emit", once(name, "[1]")));
    Check.equal("the receivers, told again", 1, rig.receivers("emit", once(name, "[1]")));
    heard.next("the event", name + ":7", "[\"" + name + "\",7,1]", 2);
    heard.nothing("what a second emit with the same key publishes");
    rig.receivers("emit", once(name, "[2]").put("idempotencyKey", "job-82"));
    heard.next("the event of another key", name + ":7", "[\"" + name + "\",7,2]", 2);
  }

  private static void outcome(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7");
    rig.receivers("emit", once(name, "[1]"));
    var payload = heard.next("the event").payload();
    var key = "$idempotency:{" + name + ":7}:" + name.length() + ":job-81";
    var noted = Fingerprint.of(payload, 0) + " 1";
    Check.equal("what is noted under " + key, noted, rig.peer().text("GET", key));
    var left = rig.peer().integer("PTTL", key);
    Check.that("its time", left > DAY - 60_000 && left <= DAY, DAY + " ms", left);
  }

  private static void conflict(Rig rig) {
    var name = rig.name();
    rig.receivers("emit", once(name, "[1]"));
    var heard = rig.peer().subscribe(name + ":7");
    rig.adapter().begin("emit", once(name, "[2]")).error("conflict");
    rig.adapter().begin("emit", once(name, "[1]").put("retain", 1_000)).error("conflict");
    heard.nothing("what is published in a conflict");
  }

  private static void onceRetained(Rig rig) {
    var name = rig.name();
    rig.receivers("emit", once(name, "[1]").put("retain", 60_000));
    isKept(rig, name, "[\"" + name + "\",7,1]", 60_000);
  }

  private static void many(Rig rig) {
    var name = rig.name();
    var heard = rig.peer().subscribe(name + ":7");
    var calls =
        IntStream.range(0, 500)
            .mapToObj(i -> rig.adapter().begin("emit", emit(name, 7, "[" + i + "]")))
            .toList();
    calls.forEach(Call::out);
    var missing = new java.util.TreeSet<>(IntStream.range(0, 500).boxed().toList());
    for (var i = 0; i < 500; i++) {
      var payload = heard.next("one of 500 events, of which are missing " + missing).payload();
      var number = payload.replaceAll(".*,(\\d+)]", "$1");
      var isNew = missing.remove(Integer.valueOf(number));
      Check.that("the events", isNew, "each once", payload);
    }
  }

  private static void toServer(Rig rig) {
    var name = rig.name();
    var server = rig.server();
    var plain = server.listen(name, 7, 10_000);
    Peer.await(plain.subscribed());
    rig.receivers("emit", emit(name, 7, "[42,\"EUR\"]"));
    Check.equal("what our server gets", "[42,\"EUR\"]", Peer.await(plain.future()));
    var failing = server.listen(name, 7, 10_000);
    Peer.await(failing.subscribed());
    rig.receivers("fail", failing(name));
    var failure =
        Peer.await(
            failing.future().transform(done -> io.vertx.core.Future.succeededFuture(done.cause())));
    var code = failure instanceof EventFailureException told ? told.code() : -1;
    Check.equal("the code of the failure that our server gets", 422, code);
    rig.receivers("emit", emit(name, 8, "[3]").put("retain", 60_000));
    var kept = server.on(name, 8, WaitOptions.DEFAULT.timeout(10_000).retained(true));
    Check.equal("what our server gets that is retained", List.of(3), Peer.await(kept).list());
  }
}
