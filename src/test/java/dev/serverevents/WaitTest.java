package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@OnBothBackends
class WaitTest {

  private static EventWait subscribed(EventWait wait) {
    result(wait.subscribed());
    return wait;
  }

  @Test
  void aWaitGetsTheArgumentsThatAnotherServerEmits(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var wait = subscribed(api.events().listen("pi event", 314, 5000));
    var object = new JsonObject().put("type", "object");
    assertThat(result(worker.events().emit("pi event", 314, "arg1", 1, object))).isEqualTo(1);
    assertThat(result(wait.future()).list()).containsExactly("arg1", 1, object);
  }

  @Test
  void anEmitWithoutArgumentsResolvesWithNone(Server server) {
    server.deploy();
    var wait = subscribed(server.events().listen("done", "x"));
    result(server.events().emit("done", "x"));
    assertThat(result(wait.future()).list()).isEmpty();
  }

  @Test
  void anEmitThatNobodyWaitsForHasNoReceivers(Server server) {
    server.deploy();
    assertThat(result(server.events().emit("nobody", 1, "x"))).isZero();
  }

  @Test
  void onResolvesWithTheEventOfANumberAndOfItsText(Server server) {
    server.deploy();
    var events = server.events();
    var number = subscribed(events.listen(1, 314));
    var text = subscribed(events.listen("1", "314"));
    result(events.emit("1", 314, "both"));
    assertThat(result(number.future()).get(0)).isEqualTo("both");
    assertThat(result(text.future()).get(0)).isEqualTo("both");
  }

  @Test
  void aWaitThatHearsNothingTimesOutWithNameIdAndTimeout(Server server) {
    server.deploy();
    var failure = (EventTimeoutException) failure(server.events().on("slow", 7, 300));
    assertThat(failure).hasMessage("No event \"slow\" with id \"7\" within its timeout of 300 ms");
    assertThat(failure.name()).isEqualTo("slow");
    assertThat(failure.id()).isEqualTo("7");
    assertThat(failure.timeout()).isEqualTo(300);
    assertThat(failure.status()).isEqualTo(504);
  }

  @Test
  void theTimeoutIsTheCallsTheInstancesOrTheVerticles(Server server) {
    server.deploy(server.options().setTimeout(30));
    var events = server.events();
    assertThat(events.timeout()).isEqualTo(30);
    assertThat(failure(events.on("a", 1))).hasMessageContaining("30 ms");
    events.timeout(40);
    assertThat(failure(events.on("a", 1))).hasMessageContaining("40 ms");
    assertThat(failure(events.on("a", 1, Duration.ofMillis(50)))).hasMessageContaining("50 ms");
    assertThat(new ServerEventsOptions().getTimeout()).isEqualTo(10_000);
  }

  @Test
  void eachWaitOfAKeyHasItsOwnTimeout(Server server) {
    server.deploy();
    var events = server.events();
    var first = events.on("key", 1, 1000);
    var second = events.on("key", 1, 5000);
    assertThat(failure(first)).isInstanceOf(EventTimeoutException.class);
    assertThat(second.isComplete()).isFalse();
    var emitted = server.vertx().timer(1000).compose(v -> events.emit("key", 1, "late"));
    assertThat(result(emitted)).isEqualTo(1);
    assertThat(result(second).list()).containsExactly("late");
  }

  @Test
  void waitsThatShareTimersEndEachOnceAndNeverEarly(Server server) {
    server.deploy();
    var events = server.events();
    var ended = new ArrayList<Future<Long>>();
    for (var i = 0; i < 5_000; i++) {
      var timeout = 1 + i * 7919L % 300;
      var began = System.nanoTime();
      ended.add(
          events
              .on("early", i % 50, timeout)
              .transform(
                  end -> Future.succeededFuture(System.nanoTime() - began - timeout * 1_000_000L)));
    }
    result(Future.all(ended));
    assertThat(ended).allSatisfy(late -> assertThat(late.result()).isNotNegative());
  }

  @Test
  void theLastWaitOfAKeyUnsubscribesIt(Server server) {
    server.deploy();
    var events = server.events();
    var first = subscribed(events.listen("key", 1));
    var second = subscribed(events.listen("key", 1));
    assertThat(server.broker().channels()).contains("key:1");
    first.cancel();
    assertThat(failure(first.future())).isInstanceOf(WaitCancelledException.class);
    assertThat(result(events.emit("key", 1))).isEqualTo(1);
    result(second.future());
    Await.untilAsserted(() -> assertThat(server.broker().channels()).doesNotContain("key:1"));
  }

  @Test
  void aWaitMadeWhenTheLastOneHasJustEndedGetsTheNextEvent(Server server) {
    server.deploy();
    var events = server.events();
    for (var i = 0; i < 200; i++) {
      // The second wait is made when the first one's event comes, as its UNSUBSCRIBE goes out.
      var first = subscribed(events.listen("again", 1));
      var next = first.future().map(args -> events.listen("again", 1));
      result(events.emit("again", 1, "first"));
      var second = subscribed(result(next));
      result(events.emit("again", 1, i));
      assertThat(result(second.future()).get(0)).isEqualTo(i);
    }
  }

  @Test
  void keysThatShareAChannelDoNotMeet(Server server) {
    server.deploy();
    var events = server.events();
    var one = subscribed(events.listen("a:b", "c"));
    var other = subscribed(events.listen("a", "b:c"));
    result(events.emit("a", "b:c", "other"));
    assertThat(result(other.future()).get(0)).isEqualTo("other");
    assertThat(one.future().isComplete()).isFalse();
    result(events.emit("a:b", "c", "one"));
    assertThat(result(one.future()).get(0)).isEqualTo("one");
  }

  @Test
  void malformedPayloadsAreDroppedAndCounted(Server server) {
    var verticle = server.deploy();
    var events = server.events();
    var wait = subscribed(events.listen("a", 1));
    for (var payload : new String[] {"", "x", "[\"a\"", "{}", "[\"a\",null]"}) {
      server.broker().publish("a:1", payload);
    }
    server.broker().publish("a:1", "[\"b\",1,\"of another event\"]");
    result(events.emit("a", 1, "good"));
    assertThat(result(wait.future()).get(0)).isEqualTo("good");
    assertThat(verticle.droppedPayloads()).isEqualTo(5);
  }

  @Test
  void aFutureCompletesOnTheContextOfItsCaller(Server server) {
    server.deploy();
    var events = server.events();
    var context = server.vertx().getOrCreateContext();
    var seen = new AtomicReference<Object>();
    context.runOnContext(
        v ->
            events
                .on("a", 1, 20)
                .onFailure(timeout -> seen.set(server.vertx().getOrCreateContext())));
    Await.untilAsserted(() -> assertThat(seen.get()).isSameAs(context));
  }

  @Test
  void severalVerticlesOnSeveralEventLoopsShareOne(Server server) {
    server.deploy();
    var waits = new ArrayList<Future<EventArgs>>();
    for (var i = 0; i < 8; i++) {
      var api = new ApiVerticle();
      result(server.vertx().deployVerticle(api));
      result(api.wait.subscribed());
      waits.add(api.wait.future());
    }
    assertThat(result(server.events().emit("shared", 1, "all"))).isEqualTo(1);
    assertThat(result(Future.all(waits)).<EventArgs>list())
        .hasSize(8)
        .allSatisfy(args -> assertThat(args.get(0)).isEqualTo("all"));
  }

  @Test
  void severalInstancesShareTheKeys(Server server) {
    for (var i = 0; i < 4; i++) {
      server.deploy();
    }
    var events = server.events();
    for (var i = 0; i < 100; i++) {
      var first = subscribed(events.listen("spread", i));
      var second = subscribed(events.listen("spread", i));
      assertThat(result(events.emit("spread", i, i))).isEqualTo(1);
      assertThat(result(first.future()).get(0)).isEqualTo(i);
      assertThat(result(second.future()).get(0)).isEqualTo(i);
    }
  }

  private static final class ApiVerticle extends VerticleBase {
    EventWait wait;

    @Override
    public Future<?> start() {
      wait = ServerEvents.create(vertx).listen("shared", 1);
      return Future.succeededFuture();
    }
  }

  @Test
  void aNullArrayOfArgumentsIsOneArgumentThatIsNull(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.request("nothing", 1, () -> events.emit("nothing", 1, (Object[]) null));
    assertThat(result(wait).list()).containsExactly((Object) null);
  }

  @Test
  void aWaitThatIsCancelledBeforeItBeginsEnds(Server server) {
    server.deploy();
    var context = server.vertx().getOrCreateContext();
    var events = Promise.<ServerEvents>promise();
    context.runOnContext(v -> events.complete(ServerEvents.create(server.vertx())));
    var there = result(events.future());
    server.holdEventLoops(
        () -> {
          var wait = there.listen("early", 1, 60_000);
          context.runOnContext(v -> wait.cancel());
          wait.cancel();
          assertThat(wait.future().isComplete()).isFalse();
        });
    result(there.close());
  }
}
