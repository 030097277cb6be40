package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.ForeignWorker;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a wait learns of the worker that it needs or that has its job, and what the worker is told;
 * the workers are programs that know the wire protocol alone.
 */
@OnBothBackends
class ClaimTest {

  private static final long LONG = 60_000;
  private static final WaitOptions WATCHING = WaitOptions.DEFAULT.timeout(LONG).watchWorker();
  private static final WaitOptions NEEDING = WaitOptions.DEFAULT.timeout(LONG).requireWorker();

  /** A request, and the job that it has handed over. */
  private record Requested(EventWait pending, Future<Job> handedOver) {
    Job job() {
      return result(handedOver);
    }

    Throwable failure() {
      return Await.failure(pending.future());
    }

    <T extends ServerEventsException> T failure(Class<T> type) {
      return type.cast(failure());
    }
  }

  private static Requested request(ServerEvents events, Object id, WaitOptions options) {
    var job = Promise.<Job>promise();
    var wait =
        events.listen(
            "job",
            id,
            options,
            handedOver -> {
              job.complete(handedOver);
              return Future.succeededFuture();
            });
    wait.future().onFailure(job::tryFail);
    return new Requested(wait, job.future());
  }

  @Test
  void aJobSaysWhereClaimsAndTheResultGoAndHowMuchTimeIsLeft(Server api) {
    api.deploy();
    var plain = request(api.events(), 1, WaitOptions.DEFAULT.timeout(LONG));
    assertThat(plain.job().claimTo()).isNull();
    assertThat(plain.job().replyTo()).isNull();
    assertThat(plain.job().deadline()).isBetween(1L, LONG);
    var watching = request(api.events(), 2, WATCHING.stalledAfter(900));
    assertThat(watching.job().claimTo()).startsWith("$inbox:job:");
    assertThat(watching.job().replyTo()).isNull();
    assertThat(watching.job().stalledAfter()).isEqualTo(900);
    var direct = request(api.events(), 3, WATCHING.direct(true));
    assertThat(direct.job().claimTo()).isEqualTo(direct.job().replyTo());
    for (var requested : List.of(plain, watching, direct)) {
      assertThat(Job.from(requested.job().toJson().encode())).isEqualTo(requested.job());
      requested.pending().cancel();
    }
  }

  @Test
  void withoutAWorkerNoJobIsHandedOver(Server api) {
    api.deploy();
    for (var options : List.of(NEEDING, NEEDING.direct(true), NEEDING.retained(true))) {
      var requested = request(api.events(), 1, options);
      assertThat(requested.failure(NoWorkerException.class).cause()).isEqualTo(Cause.NO_WORKER);
      assertThat(failure(requested.handedOver())).isSameAs(requested.pending().future().cause());
    }
    assertThat(failure(api.events().on("job", 1, NEEDING))).isInstanceOf(NoWorkerException.class);
    var ended = Promise.<Throwable>promise();
    api.events().stream("job", 1, StreamOptions.DEFAULT.timeout(LONG).requireWorker())
        .exceptionHandler(ended::complete);
    assertThat(result(ended.future())).isInstanceOf(NoWorkerException.class);
  }

  @Test
  void aWorkerThatHasComeServesTheNextWait(Server api) {
    api.deploy();
    var events = api.events();
    assertThat(request(events, 1, NEEDING).failure()).isInstanceOf(NoWorkerException.class);
    var without = events.listen("job", 2, LONG);
    result(without.subscribed());
    try (var worker = ForeignWorker.serve(api.broker(), "w1", "job")) {
      var requested = request(events, 3, NEEDING);
      worker.claim(requested.job());
      worker.emit(requested.job(), "done");
      assertThat(result(requested.pending().future()).list()).containsExactly("done");
      worker.emit(new Job("job", "2", null, null, 0, 0, Map.of(), null), "served");
      assertThat(result(without.future()).list()).containsExactly("served");
    }
  }

  @Test
  void theLastWorkerThatLeavesBeforeItHasClaimedTheJobEndsTheWait(Server api) {
    api.deploy();
    var worker = ForeignWorker.serve(api.broker(), "w1", "job");
    var other = ForeignWorker.serve(api.broker(), "w2", "job");
    var requested = request(api.events(), 1, NEEDING);
    var plain = api.events().listen("job", 2, NEEDING);
    var claimed = request(api.events(), 3, NEEDING);
    requested.job();
    other.claim(claimed.job());
    worker.close();
    var unnamed = ForeignWorker.unnamed(api.broker(), "w3");
    unnamed.claim(claimed.job());
    other.close();
    var timeline = requested.failure(NoWorkerException.class).timeline();
    assertThat(timeline.handedOver()).isNotNull();
    assertThat(timeline.claimed()).isNull();
    assertThat(timeline.lost()).isGreaterThanOrEqualTo(timeline.handedOver());
    assertThat(failure(plain.future())).isInstanceOf(NoWorkerException.class);
    unnamed.emit(claimed.job(), "done");
    assertThat(result(claimed.pending().future()).list()).containsExactly("done");
    unnamed.close();
  }

  @Test
  void aWaitEndsWithItsWorkerAndSaysWhoseTheJobWas(Server api) {
    api.deploy();
    var worker = ForeignWorker.unnamed(api.broker(), "w1");
    for (var options : List.of(WATCHING, WATCHING.direct(true))) {
      var lost = request(api.events(), 1, options);
      assertThat(worker.claim(lost.job())).isEqualTo(1);
      worker.gotOn(lost.job());
      worker.disconnect();
      var failure = lost.failure(WorkerLostException.class);
      assertThat(failure.cause()).isEqualTo(Cause.WORKER_LOST);
      assertThat(failure.worker()).isEqualTo("w1");
      var timeline = failure.timeline();
      assertThat(timeline.claimedBy()).isEqualTo("w1");
      assertThat(timeline.claimed()).isGreaterThanOrEqualTo(timeline.subscribed());
      assertThat(timeline.progress()).isGreaterThanOrEqualTo(timeline.claimed());
      assertThat(timeline.lost()).isGreaterThanOrEqualTo(timeline.progress());
      worker.reconnect();
    }
    worker.close();
  }

  @Test
  @OnlyOnRedis("It counts the commands that Redis gets.")
  void aWorkerThatReconnectsIsNotLost(Server api) {
    api.deploy();
    var worker = ForeignWorker.unnamed(api.broker(), "w1");
    var requested = request(api.events(), 1, WATCHING);
    worker.claim(requested.job());
    var questions = api.redis().calls("pubsub|numsub");
    var away = LongStream.range(0, 5).map(i -> worker.reconnect()).max().orElseThrow();
    Programs.assume(
        away < 300, "the worker was away for %d ms: too slow a machine".formatted(away));
    Await.until(() -> api.redis().calls("pubsub|numsub") > questions + 3);
    worker.emit(requested.job(), "done");
    assertThat(result(requested.pending().future()).list()).containsExactly("done");
    worker.close();
  }

  @Test
  @OnlyOnRedis("It counts the commands that Redis gets.")
  void aJobThatGoesBackMayBeDoneByAnotherWorkerWithinTheSameWait(Server api) {
    api.deploy();
    var first = ForeignWorker.serve(api.broker(), "w1", "job");
    var second = ForeignWorker.serve(api.broker(), "w2", "job");
    var requested = request(api.events(), 1, NEEDING);
    first.claim(requested.job(), new JsonObject().put("givesBack", true));
    first.close();
    var questions = api.redis().calls("pubsub|numsub");
    Await.until(() -> api.redis().calls("pubsub|numsub") > questions + 3);
    second.claim(requested.job());
    second.emit(requested.job(), "done");
    assertThat(result(requested.pending().future()).list()).containsExactly("done");
    second.close();
  }

  @Test
  void aJobThatGoesBackAndThatNobodyTakesIsWithoutAWorkerOrNeverClaimedAgain(Server api) {
    api.deploy();
    var worker = ForeignWorker.serve(api.broker(), "w1", "job");
    var requested = request(api.events(), 1, NEEDING);
    worker.claim(requested.job(), new JsonObject().put("givesBack", true));
    worker.close();
    var failure = requested.failure(NoWorkerException.class);
    assertThat(failure.timeline().claimedBy()).isEqualTo("w1");
  }

  @Test
  void aWorkerWithoutASignOfLifeHasStalledThoughItIsConnected(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.unnamed(api.broker(), "w1")) {
      var requested = request(api.events(), 1, WATCHING.stalledAfter(500));
      var other = request(api.events(), 2, WATCHING);
      worker.claim(requested.job());
      worker.claim(other.job());
      var failure = requested.failure(WorkerLostException.class);
      assertThat(failure.cause()).isEqualTo(Cause.STALLED);
      assertThat(failure.timeline().lost() - failure.timeline().claimed())
          .isGreaterThanOrEqualTo(500);
      Await.untilAsserted(
          () ->
              assertThat(worker.told())
                  .contains("[\"$revoked\",\"job\",\"1\",\"" + requested.job().claimTo() + "\"]"));
      worker.emit(other.job(), "done");
      assertThat(result(other.pending().future()).list()).containsExactly("done");
    }
  }

  @Test
  void signsOfLifeAreAnsweredAndKeepAWaitGoing(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.unnamed(api.broker(), "w1")) {
      var requested = request(api.events(), 1, WATCHING.stalledAfter(700));
      worker.claim(requested.job());
      for (var i = 1; i <= 15; i++) {
        var count = i;
        if (i % 2 == 0) {
          worker.gotOn(requested.job());
        }
        worker.alive(requested.job());
        var alive = "[\"$alive\",\"" + requested.job().claimTo() + "\"]";
        Await.until(() -> worker.told().stream().filter(alive::equals).count() == count);
        Await.result(api.vertx().timer(100));
      }
      assertThat(requested.pending().future().isComplete()).isFalse();
      worker.emit(requested.job(), "done");
      assertThat(result(requested.pending().future()).list()).containsExactly("done");
    }
  }

  @Test
  void aWaitWhoseJobNobodyClaimsSaysSo(Server api) {
    api.deploy();
    var requested = request(api.events(), 1, WATCHING.timeout(50));
    assertThat(requested.failure(EventTimeoutException.class).cause())
        .isEqualTo(Cause.NEVER_CLAIMED);
    var unwatched = request(api.events(), 1, WaitOptions.DEFAULT.timeout(50));
    assertThat(unwatched.failure(EventTimeoutException.class).cause()).isEqualTo(Cause.NO_EVENT);
  }

  @Test
  void whoHasAJobIsToldThatNobodyWantsItAnyMore(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.unnamed(api.broker(), "w1");
        var other = ForeignWorker.unnamed(api.broker(), "w2")) {
      var cancelled = request(api.events(), 1, WATCHING);
      worker.claim(cancelled.job());
      var late = request(api.events(), 2, WATCHING.timeout(300));
      worker.claim(late.job());
      var done = request(api.events(), 3, WATCHING);
      worker.claim(done.job());
      var taken = request(api.events(), 4, WATCHING.direct(true));
      worker.claim(taken.job());
      other.claim(taken.job());
      worker.emit(done.job());
      result(done.pending().future());
      cancelled.pending().cancel();
      var failure = late.failure(EventTimeoutException.class);
      assertThat(failure.cause()).isEqualTo(Cause.NO_EVENT);
      assertThat(failure.timeline().claimedBy()).isEqualTo("w1");
      worker.claim(late.job());
      Await.untilAsserted(
          () ->
              assertThat(worker.told())
                  .containsExactlyInAnyOrder(
                      unwanted(cancelled),
                      unwanted(late),
                      unwanted(late),
                      unwanted(taken).replace("unwanted", "revoked")));
      other.emit(taken.job());
      result(taken.pending().future());
      assertThat(other.told()).isEmpty();
    }
  }

  private static String unwanted(Requested requested) {
    return "[\"$unwanted\",\"job\",\"%s\",\"%s\"]"
        .formatted(requested.job().id(), requested.job().claimTo());
  }

  @Test
  void claimsThatWereMissedAreAskedForAgain(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.unnamed(api.broker(), "w1")) {
      var requested = request(api.events(), 1, WATCHING);
      worker.alive(requested.job()); // it has a job of which the claim was missed
      var reclaim = "[\"$reclaim\",\"" + requested.job().claimTo() + "\"]";
      Await.untilAsserted(() -> assertThat(worker.told()).containsExactly(reclaim));
      worker.claim(requested.job());
      worker.alive(requested.job());
      Await.until(() -> worker.told().size() == 2);
      api.broker().gap();
      worker.reconnect();
      Await.until(() -> api.broker().allChannels().contains(requested.job().claimTo()));
      worker.emit(requested.job(), "done");
      assertThat(result(requested.pending().future()).list()).containsExactly("done");
    }
  }

  @Test
  void aClaimThatWasMissedIsAskedForThoughItsWorkerIsKnownForAnotherJob(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.unnamed(api.broker(), "w1")) {
      var events = api.events();
      var missed = request(events, 1, WATCHING);
      var inbox = missed.job().claimTo();
      api.broker().gap(); // in which the worker claims the job, and nobody hears it
      worker.reconnect();
      var heard = request(events, 2, WATCHING);
      assertThat(heard.job().claimTo()).isEqualTo(inbox);
      worker.claim(heard.job());
      worker.claim(heard.job());
      worker.alive(missed.job());
      var reclaim = "[\"$reclaim\",\"" + inbox + "\"]";
      var alive = "[\"$alive\",\"" + inbox + "\"]";
      Await.untilAsserted(() -> assertThat(worker.told()).containsExactly(reclaim, alive));
      for (var requested : List.of(missed, heard)) {
        worker.emit(requested.job(), "done");
        result(requested.pending().future());
      }
    }
  }

  @Test
  void aWorkerIsAskedOnceForClaimsThatWereMissed(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.unnamed(api.broker(), "w1")) {
      var events = api.events();
      var missed = request(events, 1, WATCHING);
      var inbox = missed.job().claimTo();
      api.broker().gap();
      worker.reconnect();
      var heard = request(events, 2, WATCHING);
      assertThat(heard.job().claimTo()).isEqualTo(inbox); // which is heard again
      worker.alive(missed.job());
      worker.claim(missed.job());
      worker.alive(missed.job());
      var reclaim = "[\"$reclaim\",\"" + inbox + "\"]";
      var alive = "[\"$alive\",\"" + inbox + "\"]";
      Await.until(() -> worker.told().contains(alive));
      assertThat(worker.told()).containsExactly(reclaim, alive);
      missed.pending().cancel();
      heard.pending().cancel();
    }
  }

  @Test
  void whatWorkersSayWronglyDisturbsNobody(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.unnamed(api.broker(), "w1")) {
      var requested = request(api.events(), 1, WATCHING.direct(true));
      var inbox = requested.job().claimTo();
      for (var wrong :
          List.of(
              "[\"$claim\",\"job\"]",
              "[\"$claim\",\"job\",1]",
              "[\"$claim\",\"other\",1,\"w1\"]",
              "[\"$claim\",\"job\",1,{},7,null]",
              "[\"$alive\",\"w1\",\"job\"]",
              "[\"$alive\",null]",
              "[\"$unwanted\",\"job\",1]",
              "[\"$nothing\",\"job\",1]",
              "[\"$claim\",\"job\",2,\"w1\"]")) {
        api.broker().publish(inbox, wrong);
      }
      worker.emit(requested.job(), "done");
      assertThat(result(requested.pending().future()).list()).containsExactly("done");
    }
  }

  @Test
  @OnlyOnRedis("It counts the commands that Redis gets.")
  void whoDoesNotUseItSendsNothingMore(Server api) {
    api.deploy();
    try (var worker = ForeignWorker.serve(api.broker(), "w1", "job")) {
      var events = api.events();
      var first = request(events, 0, WaitOptions.DEFAULT).pending();
      result(first.subscribed());
      first.cancel();
      Await.until(() -> !api.broker().channels().contains("job:0"));
      var before = commands(api);
      var requested = request(events, 1, WaitOptions.DEFAULT.timeout(LONG));
      worker.emit(requested.job(), "done");
      result(requested.pending().future());
      Await.untilAsserted(
          () ->
              assertThat(commands(api))
                  .containsExactly(before.get(0) + 1, before.get(1) + 1, before.get(2)));
      assertThat(api.broker().allChannels())
          .noneMatch(channel -> channel.startsWith("$inbox:job:"));
    }
  }

  private static List<Long> commands(Server api) {
    return Stream.of("subscribe", "unsubscribe", "pubsub|numsub").map(api.redis()::calls).toList();
  }
}
