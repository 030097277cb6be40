package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEvents;
import dev.serverevents.StreamEvent;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InMemoryServerEventsTest {

  private InMemoryServerEvents kit;
  private ServerEvents events;

  @BeforeEach
  void create() {
    kit = InMemoryServerEvents.create();
    events = kit.events();
  }

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void aWaitGetsWhatIsEmitted() {
    var wait = events.on("job", 1);
    kit.settle();
    var receivers = events.emit("job", 1, "done", 2);
    kit.settle();

    assertThat(receivers.result()).isEqualTo(1);
    assertThat(wait.result()).isEqualTo(EventArgs.of("done", 2));
    assertThat(kit.assertEmitted("job", 1)).isEqualTo(EventArgs.of("done", 2));
    kit.assertNothingPending();
  }

  @Test
  void aWaitTimesOutWhenTheTestSaysSo() {
    var wait = events.on("job", 1, Duration.ofHours(24));
    kit.clock().advance(Duration.ofHours(24).minusMillis(1));
    assertThat(wait.isComplete()).isFalse();

    kit.clock().advance(Duration.ofMillis(5));
    assertThat(wait.cause()).isInstanceOf(EventTimeoutException.class);
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.NO_EVENT);
    kit.assertNothingPending();
  }

  @Test
  void whatIsPendingIsSaid() {
    var wait = events.listen("job", 1);
    assertThatThrownBy(kit::assertNothingPending)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("job:1");
    wait.cancel();
    kit.assertNothingPending();
  }

  @Test
  void aWorkerAnswersWhoeverListens() {
    kit.answer("job", job -> EventArgs.of(job.id(), "done"));
    var wait = events.on("job", 1);
    kit.settle();
    assertThat(wait.result()).isEqualTo(EventArgs.of("1", "done"));
  }

  @Test
  void aWorkerTakesJobsFromTheList() {
    var asked = new ArrayList<Object>();
    kit.answer(
        "job",
        job -> {
          asked.add(job.data());
          return "done";
        });
    var jobs = events.jobList("job");
    var wait = events.request("job", 1, job -> jobs.push(job.data("what")));
    var direct =
        events.request(
            "job", 2, WaitOptions.DEFAULT.direct(true), job -> jobs.push(job.data("that")));
    kit.settle();

    assertThat(wait.result()).isEqualTo(EventArgs.of("done"));
    assertThat(direct.result()).isEqualTo(EventArgs.of("done"));
    assertThat(asked).containsExactlyInAnyOrder("what", "that");
    kit.assertNothingPending();
  }

  @Test
  void aWorkerTakesJobsFromTheApplicationsOwnQueue() {
    kit.answer("job", job -> "done");
    var wait = events.request("job", 1, WaitOptions.DEFAULT.direct(true), kit::take);
    kit.settle();
    assertThat(wait.result()).isEqualTo(EventArgs.of("done"));
  }

  @Test
  void aWorkerTakesItsTime() {
    kit.answerAfter("job", Duration.ofSeconds(3), job -> "done");
    var wait = events.on("job", 1);
    kit.clock().advance(Duration.ofMillis(2_999));
    assertThat(wait.isComplete()).isFalse();
    kit.clock().advance(Duration.ofMillis(1));
    assertThat(wait.result()).isEqualTo(EventArgs.of("done"));
  }

  @Test
  void aWorkerFails() {
    kit.fail("job", 422, "no such thing");
    var wait = events.on("job", 1);
    kit.settle();
    assertThat(wait.cause())
        .isInstanceOfSatisfying(
            EventFailureException.class, failure -> assertThat(failure.code()).isEqualTo(422));
  }

  @Test
  void aWorkerThatDiesLosesItsJobs() {
    kit.never("job");
    var wait = events.request("job", 1, WaitOptions.DEFAULT.watchWorker(), kit::take);
    kit.clock().advance(Duration.ofSeconds(5));
    assertThat(wait.isComplete()).isFalse();
    kit.workerDies();
    kit.clock().advance(Duration.ofSeconds(2));
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.WORKER_LOST);
  }

  @Test
  void theProgressOfAJobReachesItsStream() {
    var seen = new ArrayList<StreamEvent>();
    events.stream("job", 1).handler(seen::add);
    kit.settle();
    events.emitProgress("job", 1, 50);
    events.emit("job", 1, "done");
    kit.settle();

    assertThat(seen).hasSize(2);
    assertThat(kit.progress("job", 1)).containsExactly(EventArgs.of(50));
    kit.assertNothingPending();
  }

  @Test
  void aRetainedEventIsForgottenWhenItsTimeIsOver() {
    events.emit(EmitOptions.retain(Duration.ofMinutes(1)), "job", 1, "done");
    kit.settle();
    var early = events.on("job", 1, WaitOptions.DEFAULT.retained(true));
    kit.settle();
    assertThat(early.result()).isEqualTo(EventArgs.of("done"));

    kit.clock().advance(Duration.ofMinutes(1));
    var late = events.on("job", 1, WaitOptions.DEFAULT.retained(true));
    kit.settle();
    assertThat(late.isComplete()).isFalse();
  }

  @Test
  void whatIsLostIsLost() {
    var wait = events.on("job", 1);
    kit.loseNext();
    events.emit("job", 1, "done");
    kit.settle();
    assertThat(wait.isComplete()).isFalse();
  }

  @Test
  void aGapMakesATimeoutUnknown() {
    var wait = events.on("job", 1);
    kit.gap();
    kit.clock().advance(Duration.ofSeconds(11));
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.REDIS_GAP);
  }

  @Test
  void aRetainedWaitTakesWhatIsNotKeptAsNotEmitted() {
    var retained = events.on("job", 1, WaitOptions.DEFAULT.retained(true));
    var plain = events.on("job", 2);
    kit.gap();
    kit.clock().advance(Duration.ofSeconds(11));
    assertThat(Cause.of(retained.cause())).isEqualTo(Cause.NO_EVENT);
    assertThat(Cause.of(plain.cause())).isEqualTo(Cause.REDIS_GAP);
  }

  @Test
  void whoeverComesOverASocketIsWaitedFor() {
    var far = Vertx.vertx();
    var wait =
        Future.future(
            (Promise<EventArgs> came) ->
                far.setTimer(10, later -> events.on("job", 1).onComplete(came)));
    kit.awaitListener("job", 1);
    events.emit("job", 1, "done");
    assertThat(Await.result(wait)).isEqualTo(EventArgs.of("done"));
    Await.result(far.close());
  }

  @Test
  void anEmitIsPublishedWhenRedisIsBack() {
    kit.redisDown();
    var emitted = events.emit("job", 1, "done");
    kit.settle();
    assertThat(emitted.isComplete()).isFalse();
    kit.redisUp();
    assertThat(emitted.result()).isZero();
  }

  @Test
  void anEmitFailsWhileRedisIsAway() {
    kit.redisDown();
    var emitted = events.emit("job", 1, "done");
    kit.clock().advance(Duration.ofMinutes(1));
    assertThat(Cause.of(emitted.cause())).isEqualTo(Cause.REDIS_AWAY);
  }

  @Test
  void slownessIsByTheClock() {
    kit.slow(Duration.ofMillis(100));
    var emitted = events.emit("job", 1, "done");
    kit.settle();
    assertThat(emitted.isComplete()).isFalse();
    kit.clock().advance(Duration.ofMillis(100));
    assertThat(emitted.result()).isZero();
  }

  @Test
  void aDrainLetsWaitsEnd() {
    var wait = events.on("job", 1);
    var drained = kit.drain();
    var late = events.on("job", 2);
    kit.settle();
    assertThat(Cause.of(late.cause())).isEqualTo(Cause.DRAINING);
    assertThat(drained.isComplete()).isFalse();

    kit.clock().advance(Duration.ofSeconds(30));
    assertThat(drained.succeeded()).isTrue();
    assertThat(wait.failed()).isTrue();
  }

  @Test
  void closingEndsWhatIsPending() {
    var wait = ServerEvents.create(kit.vertx()).on("job", 1, Duration.ofHours(1));
    kit.close();
    assertThat(wait.failed()).isTrue();
  }
}
