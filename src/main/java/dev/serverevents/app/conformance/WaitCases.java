package dev.serverevents.app.conformance;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The adapter waits for events. */
final class WaitCases {

  static final List<String> MALFORMED =
      List.of(
          "hello",
          "",
          "{}",
          "[]",
          "7",
          "null",
          "[null,null]",
          "[\"",
          "[\"a\",\"1\"]x",
          "[[],[]]",
          "[true,false]",
          "[".repeat(2_000),
          "\u0000",
          "\ufeff[\"a\",\"1\"]");

  private WaitCases() {}

  private static Case of(String name, Case.Steps steps) {
    return new Case("wait", name, steps);
  }

  static Stream<Case> all() {
    return Stream.of(
        of("the subscription is confirmed before that is told", WaitCases::confirmed),
        of("arguments keep their bytes", WaitCases::bytes),
        of("the id is compared as text", WaitCases::text),
        of("an id that differs in its digits alone is another one", WaitCases::digits),
        of("another event on the same channel is passed over", WaitCases::ambiguous),
        of("malformed payloads are passed over", WaitCases::malformed),
        of("a progress ends no wait", WaitCases::progress),
        of("a failure ends the wait", WaitCases::failure),
        of("a malformed failure is passed over", WaitCases::malformedFailure),
        of("UNSUBSCRIBE follows the end of a wait", WaitCases::unsubscribed),
        of("a wait times out and leaves nothing", WaitCases::timeout),
        of("two waits of one event both get it", WaitCases::two),
        of("the end of a wait does not end another one", WaitCases::endOfOne),
        of("many waits each get their own event", WaitCases::many),
        of("a name and an id in Unicode", WaitCases::unicode),
        of("a retained event that is there ends the wait", WaitCases::retained),
        of("a retained event of another name is passed over", WaitCases::retainedOfAnother),
        of("a plain wait does not get what is retained", WaitCases::plainOfRetained),
        of("a retained failure ends the wait", WaitCases::retainedFailure),
        of("an event of our own server ends the wait", WaitCases::ofServer));
  }

  private static void confirmed(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    Check.equal("the subscribers of the channel", 1, rig.peer().subscribers(name + ":7"));
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,42,\"EUR\"]");
    wait.got("[42,\"EUR\"]");
  }

  private static void bytes(Rig rig) {
    var name = rig.name();
    var args = "[1.50,1e400,-0,9007199254740993,12345678901234567890,{\"a\":0.10},\"\\u00e9\"]";
    var wait = rig.wait(name, "1");
    rig.peer().publish(name + ":1", "[\"" + name + "\",\"1\"," + args.substring(1));
    wait.got(args);
  }

  private static void text(Rig rig) {
    var name = rig.name();
    var number = rig.wait(name, 7);
    rig.peer().publish(name + ":7", "[\"" + name + "\",\"7\",1]");
    number.got("[1]");
    var text = rig.wait(name, "7");
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,2]");
    text.got("[2]");
  }

  private static void digits(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, "9007199254740992");
    var channel = name + ":9007199254740992";
    rig.peer().publish(channel, "[\"" + name + "\",9007199254740993,1]");
    rig.peer().publish(channel, "[\"" + name + "\",9007199254740992.0,2]");
    rig.peer().publish(channel, "[\"" + name + "\",9007199254740992,3]");
    wait.got("[3]");
  }

  private static void ambiguous(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name + ":b", "c");
    var other = rig.wait(name, "b:c");
    var channel = name + ":b:c";
    rig.peer().publish(channel, "[\"" + name + "\",\"b:c\",1]");
    rig.peer().publish(channel, "[\"" + name + ":b\",\"c\",2]");
    wait.got("[2]");
    other.got("[1]");
  }

  private static void malformed(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    rig.peer().publish(name + ":7", MALFORMED);
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,1,]");
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,2]");
    wait.got("[2]");
  }

  private static void progress(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    rig.peer().publish("$progress:" + name + ":7", "[\"" + name + "\",7,50]");
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,100]");
    wait.got("[100]");
  }

  private static void failure(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    rig.peer()
        .publish(
            name + ":7",
            "[\"%s\",7,{\"$failure\":{\"code\":422,\"message\":\"No\",\"detail\":{\"a\":1}}}]"
                .formatted(name));
    isFailure(wait);
  }

  private static void isFailure(Call wait) {
    var failure = wait.error("failure");
    Check.equal("its code", 422, failure.getValue("code"));
    Check.equal("its message", "No", failure.getValue("message"));
    Check.json("its detail", "{\"a\":1}", String.valueOf(failure.getValue("detail")));
  }

  private static void malformedFailure(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    var failure = "[\"%s\",7,{\"$failure\":{\"code\":2147483648,\"message\":\"No\"}}]";
    rig.peer().publish(name + ":7", failure.formatted(name));
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,{\"$failure\":{}},1]");
    wait.got("[{\"$failure\":{}},1]");
  }

  private static void unsubscribed(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    rig.peer().publish(name + ":7", "[\"" + name + "\",7]");
    wait.got("[]");
    rig.peer().awaitSubscribers(name + ":7", 0);
    var left = rig.peer().list("PUBSUB", "CHANNELS", name + "*");
    Check.equal("the channels that are subscribed", List.of(), left);
  }

  private static void timeout(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7, 300);
    wait.error("timeout");
    Check.that("the time that it took", rig.peer().age() < 5_000, "300 ms", rig.peer().age());
    rig.peer().awaitSubscribers(name + ":7", 0);
  }

  private static void two(Rig rig) {
    var name = rig.name();
    var first = rig.wait(name, 7);
    var second = rig.wait(name, 7);
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,1]");
    first.got("[1]");
    second.got("[1]");
    rig.peer().awaitSubscribers(name + ":7", 0);
  }

  private static void endOfOne(Rig rig) {
    var name = rig.name();
    var second = rig.wait(name, 7);
    rig.wait(name, 7, 100).error("timeout");
    Check.equal("the subscribers of the channel", 1, rig.peer().subscribers(name + ":7"));
    rig.peer().publish(name + ":7", "[\"" + name + "\",7,1]");
    second.got("[1]");
  }

  private static void many(Rig rig) {
    var name = rig.name();
    var waits = IntStream.range(0, 100).mapToObj(id -> rig.wait(name, id)).toList();
    for (var id = 99; id >= 0; id--) {
      rig.peer().publish(name + ":" + id, "[\"%s\",%d,%d]".formatted(name, id, 2 * id));
    }
    for (var id = 0; id < 100; id++) {
      waits.get(id).got("[" + 2 * id + "]");
    }
  }

  private static void unicode(Rig rig) {
    var name = rig.name() + ".gr\u00f6\u00dfe";
    var wait = rig.wait(name, "\ud83d\ude80");
    var payload = "[\"" + name + "\",\"\ud83d\ude80\",\"\u20ac\"]";
    rig.peer().publish(name + ":\ud83d\ude80", payload);
    wait.got("[\"\u20ac\"]");
  }

  private static String retainedKey(String name, String id) {
    return "$retained:{%s:%s}:%d".formatted(name, id, name.length());
  }

  private static Call retainedWait(Rig rig, String name, String id) {
    var in = Rig.key(name, id).put("timeout", rig.adapter().limit()).put("retained", true);
    return rig.adapter().begin("on", in);
  }

  private static void retained(Rig rig) {
    var name = rig.name();
    var kept = "[\"" + name + "\",\"7\",1.50]";
    rig.peer().send("SET", retainedKey(name, "7"), kept, "PX", 60_000);
    retainedWait(rig, name, "7").got("[1.50]");
    rig.peer().awaitSubscribers(name + ":7", 0);
  }

  private static void retainedOfAnother(Rig rig) {
    var name = rig.name();
    var kept = "[\"" + name + "\",\"b:7\",1]";
    rig.peer().send("SET", retainedKey(name, "b:7"), kept, "PX", 60_000);
    rig.peer().send("SET", retainedKey(name + ":b", "7"), kept, "PX", 60_000);
    var wait = retainedWait(rig, name + ":b", "7").subscribed();
    rig.peer().publish(name + ":b:7", "[\"" + name + ":b\",7,2]");
    wait.got("[2]");
  }

  private static void plainOfRetained(Rig rig) {
    var name = rig.name();
    var kept = "[\"" + name + "\",\"7\",1]";
    rig.peer().send("SET", retainedKey(name, "7"), kept, "PX", 60_000);
    var wait = rig.wait(name, "7");
    rig.peer().publish(name + ":7", "[\"" + name + "\",\"7\",2]");
    wait.got("[2]");
  }

  private static void retainedFailure(Rig rig) {
    var name = rig.name();
    var failure =
        "[\"%s\",7,{\"$failure\":{\"code\":422,\"message\":\"No\",\"detail\":{\"a\":1}}}]";
    rig.peer().send("SET", retainedKey(name, "7"), failure.formatted(name), "PX", 60_000);
    isFailure(retainedWait(rig, name, "7"));
  }

  private static void ofServer(Rig rig) {
    var name = rig.name();
    var wait = rig.wait(name, 7);
    Check.equal("the receivers", 1, Peer.await(rig.server().emit(name, 7, 42, "EUR")));
    wait.got("[42,\"EUR\"]");
    var failing = rig.wait(name, "8");
    Peer.await(
        rig.server()
            .emitFailure(name, 8, 422, "No", new io.vertx.core.json.JsonObject().put("a", 1)));
    isFailure(failing);
  }
}
