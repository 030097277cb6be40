package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A worker answers one server alone. */
@OnBothBackends
class DirectReplyTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(10));

  /** A request, and what it handed out before it ended; empty if nothing. */
  private record Requested(Future<EventArgs> result, String replyTo) {}

  private static Requested request(ServerEvents events, Object id, WaitOptions options) {
    var replyTo = new CompletableFuture<String>();
    Function<String, Future<?>> handOver =
        inbox -> {
          replyTo.complete(inbox);
          return Future.succeededFuture();
        };
    var result = events.requestDirect("job", id, options, handOver);
    result.onFailure(ended -> replyTo.complete(""));
    return new Requested(result, replyTo.join());
  }

  @Test
  void theReplyReachesTheServerThatAskedWithoutASubscriptionOfItsOwn(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var requested = request(api.events(), 7, WaitOptions.DEFAULT);
    assertThat(requested.replyTo()).startsWith("$inbox:");
    assertThat(api.broker().channels()).isEmpty();
    assertThat(result(worker.events().emit("job", 7, "to all"))).isZero();
    assertThat(result(worker.events().reply(requested.replyTo(), "job", 7, "x", 1))).isEqualTo(1);
    assertThat(result(requested.result()).list()).containsExactly("x", 1);
  }

  @Test
  void anyProgramCanReplyWithAPlainPublish(Server server) {
    server.deploy();
    var requested = request(server.events(), 7, WaitOptions.DEFAULT);
    server.broker().publish(requested.replyTo(), "no event");
    server.broker().publish(requested.replyTo(), "[\"job\",8,\"of another\"]");
    server.broker().publish(requested.replyTo(), "[\"job\",\"7\",\"plain\"]");
    assertThat(result(requested.result()).get(0)).isEqualTo("plain");
  }

  @Test
  void aWorkerThatRepliesImmediatelyIsNeverMissed(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var waiting = api.events();
    var replying = worker.events();
    var resolved =
        InFlight.run(
            10_000,
            64,
            i ->
                waiting
                    .requestDirect("job", i, replyTo -> replying.reply(replyTo, "job", i, i))
                    .map(args -> args.get(0).equals(i)));
    assertThat(resolved).hasSize(10_000).containsOnly(true);
  }

  @Test
  void severalInstancesShareTheKeys(Server api, Server worker) {
    for (var i = 0; i < 4; i++) {
      api.deploy();
    }
    worker.deploy();
    var replying = worker.events();
    for (var i = 0; i < 100; i++) {
      var id = i;
      var answer =
          api.events().requestDirect("job", i, replyTo -> replying.reply(replyTo, "job", id, id));
      assertThat(result(answer).get(0)).isEqualTo(i);
    }
  }

  @Test
  void aReplyToAnEarlierRequestOfTheKeyIsNotTakenForANewOne(Server server) {
    server.deploy();
    var events = server.events();
    var first = request(events, 7, WaitOptions.DEFAULT.timeout(100));
    assertThat(failure(first.result())).isInstanceOf(EventTimeoutException.class);
    result(events.reply(first.replyTo(), "job", 7, "late"));
    var verified = request(events, 8, WaitOptions.DEFAULT); // comes behind the late one
    result(events.reply(verified.replyTo(), "job", 8));
    result(verified.result());
    var second = request(events, 7, WaitOptions.DEFAULT.timeout(500));
    assertThat(failure(second.result())).isInstanceOf(EventTimeoutException.class);
  }

  @Test
  void aServerThatIsGoneHasNoReceivers(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var requested = request(api.events(), 7, WaitOptions.DEFAULT);
    api.undeploy();
    assertThat(failure(requested.result())).isInstanceOf(UnavailableException.class);
    Await.until(() -> result(worker.events().reply(requested.replyTo(), "job", 7, "nobody")) == 0);
  }

  @Test
  void aFailureIsRepliedAsWell(Server server) {
    server.deploy();
    var events = server.events();
    var requested = request(events, 7, WaitOptions.DEFAULT);
    var detail = new JsonArray().add(1);
    result(
        events.replyFailure(EmitOptions.DEFAULT, requested.replyTo(), "job", 7, 422, "no", detail));
    var failure = (EventFailureException) failure(requested.result());
    assertThat(failure.code()).isEqualTo(422);
    assertThat(failure.detail()).isEqualTo(detail);
  }

  @Test
  void aHandOverThatFailsEndsTheRequest(Server server) {
    server.deploy();
    var full = new IllegalStateException("queue full");
    assertThat(
            failure(server.events().requestDirect("job", 7, replyTo -> Future.failedFuture(full))))
        .isSameAs(full);
  }

  @Test
  @OnlyOnRedis("One server of several is cut off: in memory, all connections break at once.")
  void aRetainedReplyThatCameWhileTheServerWasCutOffIsFound(Server api, Server worker) {
    worker.deploy();
    try (var proxy = TcpProxy.before(api.redis())) {
      api.deploy(api.options().setConnectionString(proxy.url()));
      var events = api.events();
      var options = WaitOptions.DEFAULT.timeout(30_000).retained(true);
      var requested = request(events, 7, options);
      proxy.cut();
      Await.until(() -> !events.isReady());
      result(worker.events().reply(RETAIN, requested.replyTo(), "job", 7, "kept"));
      proxy.mend();
      assertThat(result(requested.result()).get(0)).isEqualTo("kept");
      api.undeploy();
    }
  }

  @Test
  void aRequestMadeWhileRedisIsAwayIsHandedOverOnReconnect(Server api, Server worker) {
    worker.deploy();
    try (var link = api.broker().link()) {
      api.deploy(link.lead(api.options()));
      var events = api.events();
      link.cut();
      Await.until(() -> !events.isReady());
      var jobs = Promise.<String>promise();
      var answer =
          events.requestDirect(
              "job",
              7,
              30_000,
              replyTo -> {
                jobs.complete(replyTo);
                return Future.succeededFuture();
              });
      link.mend();
      assertThat(result(worker.events().reply(result(jobs.future()), "job", 7, "back"))).isOne();
      assertThat(result(answer).get(0)).isEqualTo("back");
      api.undeploy();
    }
  }

  @Test
  void whatIsNoInboxIsBadInput(Server server) {
    server.deploy();
    assertThat(failure(server.events().reply("orders:7", "job", 7)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "replyTo is \"orders:7\": it must be a wait's replyTo, which begins with \"$inbox:\"");
  }

  @Test
  void onTheBusTheJobIsHandedOverToAnAddressWithItsReplyTo(Server server) {
    server.deploy();
    var bus = server.vertx().eventBus();
    bus.<JsonObject>localConsumer(
        "my jobs",
        job -> {
          job.reply("taken");
          bus.send("server-events.emit", job.body().put("args", new JsonArray().add("done")));
        });
    for (var direct : new boolean[] {true, false}) {
      var on = new JsonObject().put("name", "job").put("id", 7).put("handOver", "my jobs");
      assertThat(result(bus.request("server-events.on", on.put("direct", direct))).body())
          .isEqualTo(new JsonArray().add("done"));
    }
    var nobody = new JsonObject().put("name", "job").put("id", 7).put("handOver", "nobody");
    assertThat(failure(bus.request("server-events.on", nobody)))
        .hasMessageContaining("No handlers for address nobody");
  }

  @Test
  void aLateReplyIsNotTakenByTheNextWaitOfTheKey(Server server) {
    server.deploy();
    var events = server.events();
    for (var i = 0; i < 20; i++) {
      var first = request(events, 7, WaitOptions.DEFAULT.timeout(20));
      while (first.replyTo().isEmpty()) { // its time was over before Redis had subscribed its inbox
        first = request(events, 7, WaitOptions.DEFAULT.timeout(20));
      }
      assertThat(failure(first.result())).isInstanceOf(EventTimeoutException.class);
      var second = request(events, 7, WaitOptions.DEFAULT);
      result(events.reply(first.replyTo(), "job", 7, "late"));
      server.broker().publish(first.replyTo(), "[\"job\",7,\"later still\"]");
      result(events.reply(second.replyTo(), "job", 7, "its own"));
      assertThat(result(second.result()).get(0)).isEqualTo("its own");
    }
  }

  @Test
  void aSecondReplyToAJobIsNotTakenByTheNextWaitOfTheKey(Server server) {
    server.deploy();
    var events = server.events();
    var first = request(events, 7, WaitOptions.DEFAULT);
    result(events.reply(first.replyTo(), "job", 7, "once"));
    assertThat(result(first.result()).get(0)).isEqualTo("once");
    var second = request(events, 7, WaitOptions.DEFAULT);
    result(events.reply(first.replyTo(), "job", 7, "twice"));
    result(events.reply(second.replyTo(), "job", 7, "its own"));
    assertThat(result(second.result()).get(0)).isEqualTo("its own");
  }

  @Test
  void waitsOfOneKeyAtTheSameTimeEachTakeTheReplyToTheirOwnJob(Server server) {
    server.deploy();
    var events = server.events();
    var requested =
        IntStream.range(0, 50).mapToObj(i -> request(events, 7, WaitOptions.DEFAULT)).toList();
    for (var i = requested.size() - 1; i >= 0; i--) {
      result(events.reply(requested.get(i).replyTo(), "job", 7, i));
    }
    for (var i = 0; i < requested.size(); i++) {
      assertThat(result(requested.get(i).result()).get(0)).isEqualTo(i);
    }
  }

  @Test
  void veryManyRequestsOfOneNameUseFewInboxes(Server server) {
    server.deploy();
    var events = server.events();
    InFlight.run(
        50_000,
        64,
        i -> events.requestDirect("job", i, replyTo -> events.reply(replyTo, "job", i, i)));
    Await.until(() -> server.broker().allChannels().size() <= 20);
    assertThat(server.broker().allChannels()).hasSizeGreaterThan(1);
  }
}
