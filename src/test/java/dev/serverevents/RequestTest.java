package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TestBroker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

@OnBothBackends
class RequestTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofMinutes(1));
  private static final WaitOptions RETAINED = WaitOptions.DEFAULT.timeout(30_000).retained(true);

  @Test
  void aWorkerThatEmitsImmediatelyIsNeverMissed(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var waiting = api.events();
    var emitting = worker.events();
    var resolved =
        InFlight.run(
            10_000,
            64,
            i ->
                waiting
                    .request("job", i, () -> emitting.emit("job", i, i))
                    .map(args -> args.get(0).equals(i)));
    assertThat(resolved).hasSize(10_000).allMatch(Boolean.TRUE::equals);
  }

  @Test
  void aHandOverThatFailsEndsTheWaitAtOnce(Server server) {
    server.deploy();
    var full = new IllegalStateException("queue full");
    var events = server.events();
    assertThat(failure(events.request("job", 1, () -> Future.failedFuture(full)))).isSameAs(full);
    assertThat(
            failure(
                events.request(
                    "job",
                    2,
                    () -> {
                      throw full;
                    })))
        .isSameAs(full);
  }

  @Test
  void aJobThatIsTooSlowTimesOut(Server server) {
    server.deploy();
    assertThat(failure(server.events().request("job", 1, 50, () -> Future.succeededFuture())))
        .isInstanceOf(EventTimeoutException.class);
  }

  @Test
  void aHandOverThatGivesNoFutureOrAnErrorEndsTheWaitAtOnceAndSaysSo(Server server) {
    server.deploy();
    var events = server.events();
    assertThat(failure(events.request("job", 1, () -> null))).hasMessageContaining("null");
    assertThat(failure(events.requestDirect("job", 1, replyTo -> null)))
        .hasMessageContaining("null");
    var error = new StackOverflowError();
    assertThat(
            failure(
                events.request(
                    "job",
                    1,
                    () -> {
                      throw error;
                    })))
        .isSameAs(error);
  }

  @Test
  void aRequestIsNotAnsweredByWhatWasKeptBeforeItBegan(Server server) {
    server.deploy();
    var events = server.events();
    for (var i = 0; i < 20; i++) {
      var id = i;
      result(events.emit(RETAIN, "job", id, "old"));
      var handedOver = new AtomicInteger();
      var answer =
          events.request(
              "job",
              id,
              RETAINED,
              () -> {
                handedOver.incrementAndGet();
                return events.emit(RETAIN, "job", id, "new");
              });
      assertThat(result(answer).get(0)).isEqualTo("new");
      var direct =
          events.requestDirect(
              "job", id, RETAINED, replyTo -> events.reply(replyTo, "job", id, "direct"));
      assertThat(result(direct).get(0)).isEqualTo("direct");
      assertThat(handedOver).hasValue(1);
      assertThat(result(events.on("job", id, RETAINED)).get(0)).isEqualTo("new");
    }
  }

  @Test
  void afterAReconnectARequestIsAnsweredByWhatWasKeptSinceAndNotByWhatWasBefore(Server server) {
    server.deploy();
    var events = server.events();
    result(events.emit(RETAIN, "job", "stays", "same"));
    result(events.emit(RETAIN, "job", "again", "same"));
    var handedOver = new AtomicInteger();
    Supplier<Future<?>> handOver =
        () -> {
          handedOver.incrementAndGet();
          return Future.succeededFuture();
        };
    var stays = events.request("job", "stays", RETAINED.timeout(2_000), handOver);
    var again = events.request("job", "again", RETAINED, handOver);
    var none = events.request("job", "none", RETAINED, handOver);
    Await.until(() -> handedOver.get() == 3);
    server
        .broker()
        .gap(
            new TestBroker.Retained("job", "again", "[\"job\",\"again\",\"same\"]"),
            new TestBroker.Retained("job", "none", "[\"job\",\"none\",1]"));
    assertThat(result(again).get(0)).isEqualTo("same");
    assertThat(result(none).get(0)).isEqualTo(1);
    assertThat(failure(stays)).isInstanceOf(EventTimeoutException.class);
  }
}
