package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.Job;
import dev.serverevents.JobList;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.metrics.MicrometerMetrics;
import dev.serverevents.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the workers of a test do when the test does what is not usual. */
@ExtendWith(ServerEventsExtension.class)
class ScriptedWorkersTest {

  private static final WaitOptions MINUTE = WaitOptions.DEFAULT.timeout(60_000);

  private InMemoryServerEvents kit;
  private ServerEvents events;
  private JobList jobs;

  @BeforeEach
  void begin(InMemoryServerEvents given) {
    kit = given;
    events = kit.events();
    jobs = events.jobList("job");
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static Map<String, Object> endless() {
    var all = new HashMap<String, Object>();
    all.put("itself", all);
    return all;
  }

  private void mustFail(Function<Job, ?> script) {
    kit.answer("job", script);
    var wait = events.on("job", 1, MINUTE);
    kit.settle();
    assertThat(((EventFailureException) wait.cause()).code()).isEqualTo(500);
    kit.assertNothingPending();
  }

  @Test
  void anErrorOfAScriptIsTheFailureOfItsJob() {
    mustFail(
        job -> {
          throw new AssertionError("expected 1 but was 2");
        });
  }

  @Test
  void aResultThatIsNoJsonIsTheFailureOfItsJob() {
    mustFail(job -> new Object());
    mustFail(job -> endless());
  }

  @Test
  void whatIsAnsweredInAnOutageIsLost() {
    var done = new ArrayList<Object>();
    kit.answerAfter("job", seconds(3), job -> done.add(job.data()));
    var wait =
        events.request("job", 1, MINUTE, job -> kit.take(job.data(new JsonObject().put("a", 1))));
    kit.clock().advance(seconds(2));
    kit.redisDown();
    kit.clock().advance(seconds(2));
    kit.redisUp();
    kit.clock().advance(seconds(60));
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.REDIS_GAP);
    assertThat(done).hasSize(1).doesNotContainNull();
  }

  @Test
  void aWaitThatBeginsInAnOutageIsAnsweredBehindIt() {
    kit.answer("job", job -> 42);
    kit.redisDown();
    var wait = events.on("job", 1, MINUTE);
    kit.clock().advance(seconds(1));
    kit.redisUp();
    kit.clock().advance(seconds(1));
    assertThat(wait.result()).isEqualTo(EventArgs.of(42));
  }

  @Test
  void aGapAnswersNobodyTwice() {
    var seen = new ArrayList<StreamEvent>();
    kit.answer("job", job -> 42);
    events.stream("job", 1, StreamOptions.DEFAULT.follow(true)).handler(seen::add);
    kit.settle();
    kit.gap();
    kit.clock().advance(seconds(5));
    assertThat(seen).filteredOn(StreamEvent.Result.class::isInstance).hasSize(1);
  }

  @Test
  void twoWaitsOneAfterAnotherAreTwoJobs() {
    kit.answer("job", job -> 42);
    for (var i = 0; i < 20; i++) {
      var wait = events.on("job", 1, MINUTE);
      kit.settle();
      assertThat(wait.result()).isEqualTo(EventArgs.of(42));
    }
    assertThat(kit.emitted("job", 1)).hasSize(20);
  }

  @Test
  void aWorkerThatComesLaterAnswersWhoeverListens() {
    var wait = events.on("job", 1, MINUTE);
    kit.settle();
    kit.answer("job", job -> 42);
    assertThat(wait.result()).isEqualTo(EventArgs.of(42));
  }

  private List<Future<EventArgs>> handedOver() {
    var waits =
        List.of(
            events.request("job", 1, MINUTE, jobs::push),
            events.request("job", 2, MINUTE.watchWorker(), jobs::push));
    kit.settle();
    return waits;
  }

  @Test
  void theJobsOfAListGoFromAWorkerThatDiesToTheNextOne() {
    kit.never("job");
    var waits = handedOver();
    kit.workerDies();
    kit.answer("job", job -> 42);
    kit.clock().advance(seconds(5));
    assertThat(waits).allSatisfy(wait -> assertThat(wait.result()).isEqualTo(EventArgs.of(42)));
    kit.assertNothingPending();
  }

  @Test
  void theJobsOfAListGoToTheWorkerThatIsInThePlaceOfTheirs() {
    kit.never("job");
    var waits = handedOver();
    kit.answer("job", job -> 42);
    assertThat(waits).allSatisfy(wait -> assertThat(wait.result()).isEqualTo(EventArgs.of(42)));
    kit.assertNothingPending();
  }

  @Test
  void twoDirectRequestsOfOneEventAreTwoJobs() {
    kit.answerAfter("job", seconds(1), job -> 42);
    var waits =
        List.of(
            events.request("job", 1, MINUTE.direct(true), jobs::push),
            events.request("job", 1, MINUTE.direct(true), jobs::push));
    kit.clock().advance(seconds(2));
    assertThat(waits).allSatisfy(wait -> assertThat(wait.result()).isEqualTo(EventArgs.of(42)));
    kit.assertNothingPending();
  }

  @Test
  void aWorkerOfALongerNameHasItsJobs() {
    kit.answer("a", job -> "a");
    kit.answer("a:b", job -> "a:b");
    var waits = List.of(events.on("a", 1), events.on("a:b", 1));
    kit.settle();
    assertThat(waits)
        .extracting(Future::result)
        .containsExactly(EventArgs.of("a"), EventArgs.of("a:b"));
    assertThat(kit.emitted("a", "b:1")).isEmpty();
  }

  private static JsonObject data() {
    return new JsonObject().put("item", "a");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aJobIsDoneOnceHoweverSlowRedisIs(boolean watches) {
    var done = new ArrayList<Object>();
    kit.answer("job", job -> done.add(job.data()));
    kit.slow(100);
    var options = watches ? MINUTE.watchWorker() : MINUTE;
    var byList = events.request("job", 1, options, job -> jobs.push(job.data(data())));
    var byQueue =
        events.request(
            "job",
            2,
            options,
            job -> events.emit("queued", job.id()).compose(sent -> kit.take(job.data(data()))));
    kit.clock().advance(seconds(30));
    assertThat(List.of(byList, byQueue)).allSatisfy(wait -> assertThat(wait.result()).isNotNull());
    assertThat(done).containsExactly(data(), data());
    kit.slow(0);
    kit.clock().advance(seconds(1));
    kit.assertNothingPending();
  }

  @Test
  void aJobIsDoneOnceWhenItsHandOverTakesRealTime() {
    var done = new ArrayList<Object>();
    var gate = new CountDownLatch(1);
    kit.answer("job", job -> done.add(job.data()));
    var wait =
        events.request(
            "job",
            1,
            MINUTE,
            job ->
                kit.vertx()
                    .executeBlocking(() -> gate.await(1, TimeUnit.MINUTES))
                    .compose(open -> kit.take(job.data(data()))));
    kit.settle();
    assertThat(done).isEmpty();
    gate.countDown();
    Await.until(wait::isComplete);
    assertThat(done).containsExactly(data());
  }

  @Test
  void aHandOverThatTheKitDoesNotSeeIsAnsweredAtItsEnd() {
    var gate = new CountDownLatch(1);
    kit.answer("job", job -> 42);
    var wait =
        events.request(
            "job",
            1,
            MINUTE,
            job -> kit.vertx().executeBlocking(() -> gate.await(1, TimeUnit.MINUTES)));
    kit.settle();
    assertThat(wait.isComplete()).isFalse();
    gate.countDown();
    Await.until(wait::isComplete);
    assertThat(wait.result()).isEqualTo(EventArgs.of(42));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void progressOfAScriptComesBeforeItsResult(int slow) {
    var seen = new ArrayList<Object>();
    kit.slow(slow);
    kit.answer(
        "job",
        job -> {
          events.emitProgress(job.name(), job.id(), 50);
          return 42;
        });
    events.stream("job", 1)
        .handler(
            event ->
                seen.add(
                    event instanceof StreamEvent.Progress progress
                        ? progress.args()
                        : ((StreamEvent.Result) event).args()));
    kit.clock().advance(seconds(5));
    assertThat(seen).containsExactly(EventArgs.of(50), EventArgs.of(42));
  }

  @Test
  void whoeverJoinsAListenerThatWasAnsweredIsAJobOfItsOwn() {
    kit.answer("job", job -> 42);
    var seen = new ArrayList<StreamEvent>();
    events.stream("job", 1, StreamOptions.DEFAULT.follow(true)).handler(seen::add);
    kit.settle();
    assertThat(seen).filteredOn(StreamEvent.Result.class::isInstance).hasSize(1);
    var wait = events.on("job", 1, MINUTE);
    kit.settle();
    assertThat(wait.result()).isEqualTo(EventArgs.of(42));
    assertThat(kit.emitted("job", 1)).hasSize(2);
  }

  @Test
  void whoeverJoinsAListenerWhoseJobIsUnderWayGetsItsEvent() {
    kit.answerAfter("job", seconds(5), job -> 42);
    var waits = List.of(events.on("job", 1, MINUTE), events.on("job", 1, MINUTE));
    kit.clock().advance(seconds(1));
    var late = events.on("job", 1, MINUTE);
    kit.clock().advance(seconds(4));
    assertThat(waits).allSatisfy(wait -> assertThat(wait.result()).isEqualTo(EventArgs.of(42)));
    assertThat(late.result()).isEqualTo(EventArgs.of(42));
    kit.clock().advance(seconds(10));
    assertThat(kit.emitted("job", 1)).hasSize(1);
  }

  @Test
  void nothingIsBegunBetweenTwoStatementsOfTheTest() {
    kit.answer("job", job -> job.data() == null ? "unseen" : "seen");
    for (var i = 0; i < 200; i++) {
      var emitted = events.on("job", 1, MINUTE);
      events.emit("job", 1, "emitted");
      events.listen("job", 2).cancel();
      var waits = List.of(events.on("job", 3, MINUTE), events.on("job", 3, MINUTE));
      var joined = events.on("job", 4, MINUTE);
      var request = events.request("job", 4, MINUTE, job -> jobs.push(job.data(data())));
      kit.settle();
      assertThat(emitted.result()).isEqualTo(EventArgs.of("emitted"));
      assertThat(waits).allSatisfy(wait -> assertThat(wait.succeeded()).isTrue());
      assertThat(List.of(joined, request))
          .allSatisfy(wait -> assertThat(wait.result()).isEqualTo(EventArgs.of("seen")));
    }
    assertThat(kit.emitted("job", 1)).hasSize(200);
    assertThat(kit.emitted("job", 2)).isEmpty();
    assertThat(kit.emitted("job", 3)).hasSize(200);
    assertThat(kit.emitted("job", 4)).hasSize(200);
  }

  @Test
  void aTestThatWaitsNeedNotCallTheKit() {
    kit.answer("job", job -> 42);
    assertThat(Await.result(events.on("job", 1, MINUTE))).isEqualTo(EventArgs.of(42));
  }

  @Test
  void aTestThatWaitsNeedNotCallTheKitForAWorkerThatAScriptAdds() {
    kit.ignore("other");
    kit.answer(
        "job",
        given -> {
          kit.answer("other", other -> 42);
          return null;
        });
    var other = events.on("other", 1, MINUTE);
    var job = events.request("job", 1, MINUTE.direct(true), kit::take);
    assertThat(Await.result(job)).isEqualTo(EventArgs.of());
    assertThat(Await.result(other)).isEqualTo(EventArgs.of(42));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsLostIsNotDoneAgain(boolean byList) {
    var done = new ArrayList<Object>();
    kit.answer("job", job -> done.add(job.data()));
    kit.loseNext();
    var wait =
        events.request(
            "job",
            1,
            MINUTE,
            job -> byList ? jobs.push(job.data(data())) : kit.take(job.data(data())));
    kit.clock().advance(seconds(62));
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.NO_EVENT);
    assertThat(done).containsExactly(data());
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException sneaky(Exception checked) throws E {
    throw (E) checked;
  }

  @Test
  void whateverAScriptThrowsIsTheFailureOfItsJobAndTheNextOneIsDone() {
    kit.answer(
        "job",
        job -> {
          throw switch (job.id()) {
            case "1" -> ScriptedWorkersTest.<RuntimeException>sneaky(new IOException("away"));
            case "2" -> new EventFailureException("job", "2", 422, "detail", new Object());
            default -> new EventFailureException("job", job.id(), 422, "no", null);
          };
        });
    var codes = new ArrayList<Integer>();
    for (var id = 1; id <= 3; id++) {
      var wait = events.request("job", id, MINUTE, jobs::push);
      kit.settle();
      codes.add(((EventFailureException) wait.cause()).code());
    }
    assertThat(codes).containsExactly(500, 500, 422);
    kit.assertNothingPending();
  }

  @Test
  void aScriptMayAnswerLater() {
    var done = new ArrayList<Promise<Object>>();
    kit.answer(
        "job",
        job -> {
          var later = Promise.promise();
          done.add(later);
          return done.size() == 1 ? later.future() : later.future().toCompletionStage();
        });
    var waits = List.of(events.on("job", 1, MINUTE), events.on("job", 2, MINUTE));
    kit.clock().advance(seconds(1));
    assertThat(waits).noneSatisfy(wait -> assertThat(wait.isComplete()).isTrue());
    done.forEach(later -> later.complete(EventArgs.of(42, "EUR")));
    kit.settle();
    assertThat(waits)
        .allSatisfy(wait -> assertThat(wait.result()).isEqualTo(EventArgs.of(42, "EUR")));
  }

  @Test
  void aScriptThatReplacesItselfStillEndsItsJob() {
    kit.answer(
        "job",
        job -> {
          kit.answer("job", next -> next.data() == null ? "none" : "done");
          throw new IllegalStateException("the first one");
        });
    var first = events.request("job", 1, MINUTE, job -> jobs.push(job.data(data())));
    kit.settle();
    assertThat(((EventFailureException) first.cause()).code()).isEqualTo(500);
    var direct = MINUTE.direct(true);
    var next = events.request("job", 1, direct, job -> kit.take(job.data(data())));
    kit.settle();
    assertThat(next.result()).isEqualTo(EventArgs.of("done"));
    kit.assertNothingPending();
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "ignore", "die", "freeze"})
  void theNextWorkerHasTheJobsThatWereNotDone(String fault) {
    if (fault.equals("ignore")) {
      kit.ignore("job");
    } else {
      kit.never("job");
    }
    var waits =
        List.of(
            events.request("job", 1, MINUTE, job -> kit.take(job.data(data()))),
            events.request("job", 2, MINUTE, job -> jobs.push(job.data(data()))));
    kit.settle();
    switch (fault) {
      case "die" -> kit.workerDies();
      case "freeze" -> kit.workerFreezes();
      default -> {}
    }
    kit.answer("job", Job::data);
    assertThat(waits).allSatisfy(wait -> assertThat(wait.result()).isEqualTo(EventArgs.of(data())));
    assertThat(kit.emitted("job", 1)).hasSize(1);
    kit.assertNothingPending();
  }

  @Test
  void whoWasAnsweredHasListened() {
    kit.answer("job", job -> 42);
    for (var i = 0; i < 2; i++) {
      events.on("job", 1, MINUTE);
      kit.settle();
      kit.awaitListener("job", 1);
    }
    kit.assertNothingPending();
  }

  @Test
  void aTimeThatWasGivenUpStandsStill() {
    kit.redisDown();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> kit.clock().advance(Duration.ofDays(3_000)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Thread.interrupted()).isTrue();
    kit.settle();
    var stopped = kit.clock().now();
    kit.settle();
    assertThat(kit.clock().now()).isEqualTo(stopped);
  }

  @Test
  void aKitThatIsClosedSaysSo() {
    events.emit("job", 1, 42);
    kit.settle();
    kit.close();
    for (var call :
        List.<Runnable>of(
            () -> kit.clock().advance(seconds(1)), kit::redisDown, () -> kit.never("job"))) {
      assertThatThrownBy(call::run).hasMessageContaining("closed");
    }
    assertThat(kit.assertEmitted("job", 1)).isEqualTo(EventArgs.of(42));
  }

  @Test
  void aVerticleThatStopsInRealTimeIsWaitedFor() {
    var gate = new CountDownLatch(1);
    var other = InMemoryServerEvents.create();
    other
        .vertx()
        .deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> stop() {
                return vertx.executeBlocking(() -> gate.await(1, TimeUnit.MINUTES));
              }
            })
        .await();
    var opening = new Thread(gate::countDown);
    opening.start();
    other.close();
    assertThat(((VertxInternal) other.vertx()).closeFuture().isClosed()).isTrue();
  }

  @Test
  void metricsMayBeBoundBeforeTheVerticleIsDeployed() {
    var registry = new SimpleMeterRegistry();
    var options = new ServerEventsOptions();
    try (var measured =
        InMemoryServerEvents.create(options, vertx -> MicrometerMetrics.bind(vertx, registry))) {
      measured.events().emit("job", 1);
      measured.settle();
    }
    assertThat(registry.get("server.events.emits").counters())
        .anySatisfy(counter -> assertThat(counter.count()).isEqualTo(1));
  }

  @Test
  void aListenerIsThereBeforeRedisKnowsIt() {
    kit.slow(1_000);
    var wait = events.on("job", 1, MINUTE);
    kit.awaitListener("job", 1);
    kit.clock().advance(seconds(3));
    events.emit("job", 1, 42);
    kit.clock().advance(seconds(3));
    assertThat(wait.result()).isEqualTo(EventArgs.of(42));
  }

  @Test
  void aFrozenWorkerTakesWhatItIsGiven() {
    kit.answer("job", job -> 42);
    kit.workerFreezes();
    var wait = events.request("job", 1, MINUTE, kit::take);
    kit.clock().advance(seconds(62));
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.NO_EVENT);
  }

  @Test
  void aDrainThatBeganCanBeAwaitedAgain() {
    var first = kit.drain();
    var again = kit.drain();
    assertThat(List.of(first, again)).allSatisfy(end -> assertThat(end.succeeded()).isTrue());
  }

  @Test
  void whatIsNoScriptIsRefused() {
    for (var wrong :
        List.<Runnable>of(
            () -> kit.answer("job", null),
            () -> kit.answerAfter("job", null, job -> 42),
            () -> kit.fail("job", 500, null),
            () -> kit.answer(null, job -> 42),
            () -> kit.answer("", job -> 42),
            () -> kit.never("$job"),
            () -> kit.take(null),
            () -> kit.redisRefuses(""),
            () -> kit.redisRefuses("no code"),
            () -> kit.redisRefuses("NOPERM two\r\nlines"),
            () -> kit.slow(null),
            () -> kit.slow(-1),
            () -> kit.clock().advance(null),
            () -> InMemoryServerEvents.create(null))) {
      assertThatThrownBy(wrong::run).isInstanceOf(InvalidInputException.class);
    }
    kit.assertNothingPending();
  }

  @Test
  void idsMayBeAsShortAsTheLimitsSay() {
    var limits = new LimitsOptions().setId(1);
    try (var small = InMemoryServerEvents.create(new ServerEventsOptions().setLimits(limits))) {
      small.answer("job", job -> 42);
      var wait = small.events().on("job", 1);
      small.settle();
      assertThat(wait.result()).isEqualTo(EventArgs.of(42));
    }
  }

  @Test
  void theTimeHasAnEnd() {
    var century = Duration.ofDays(36_500);
    var begin = kit.clock().now();
    kit.clock().advance(century.minusDays(1));
    assertThatThrownBy(() -> kit.clock().advance(Duration.ofDays(2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("time");
    kit.clock().advance(Duration.ofDays(1));
    assertThat(kit.clock().now()).isEqualTo(begin.plus(century));
    var last = events.on("job", 1, Duration.ofDays(24));
    kit.settle();
    kit.close();
    assertThat(last.failed()).isTrue();
  }

  @Test
  void timersBeyondTheEndOfTimeFireNever() {
    kit.answerAfter("job", Duration.ofDays(36_500), job -> 42);
    kit.clock().advance(Duration.ofDays(36_400));
    var wait = events.on("job", 1, MINUTE);
    kit.clock().advance(seconds(70));
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.NO_EVENT);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 36_501L * 24 * 3_600, Long.MAX_VALUE})
  void timesThatAreNoneAreRefused(long seconds) {
    var time = seconds(seconds);
    assertThatThrownBy(() -> kit.clock().advance(time)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> kit.slow(time)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> kit.answerAfter("job", time, job -> 42))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("delay");
    kit.assertNothingPending();
  }

  @Test
  void aKitOfWhichTheCloseWasInterruptedCanBeClosed() {
    var other = InMemoryServerEvents.create();
    var wait = other.events().on("job", 1, MINUTE);
    other.settle();
    Thread.currentThread().interrupt();
    assertThatThrownBy(other::close).isInstanceOf(IllegalStateException.class);
    assertThat(Thread.interrupted()).isTrue();
    other.close();
    assertThat(wait.failed()).isTrue();
    assertThat(((VertxInternal) other.vertx()).closeFuture().isClosed()).isTrue();
  }
}
