package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.ClaimedJob;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers and API servers that are killed or stopped, and what the other side learns. */
@Tag("long")
@Tag("alone")
@ExtendWith(ServerExtension.class)
class WorkerFaultsIT {

  private static final int MANY = 10_000;
  static final String NAME = "job";
  static final WaitOptions WATCHING = WaitOptions.DEFAULT.timeout(600_000).watchWorker();

  static List<EventWait> ask(ServerEvents events, int count, WaitOptions options) {
    var jobs = events.jobList(NAME);
    var waits = new ArrayList<EventWait>();
    for (var id = 0; id < count; id++) {
      waits.add(events.listen(NAME, id, options, jobs::push));
    }
    return waits;
  }

  private static ServerProcess worker(TestRedis redis, int jobs, WorkerProgram.Kind kind) {
    var worker = ServerProcess.program(WorkerProgram.class, redis.url(), NAME, jobs, kind);
    worker.awaitOutput("ready");
    return worker;
  }

  /** How many ended for which cause, once all have. */
  static Map<Cause, Long> causes(List<EventWait> waits) {
    var ended = waits.stream().map(EventWait::future).toList();
    result(Future.join(ended).transform(all -> Future.succeededFuture()));
    return ended.stream()
        .collect(Collectors.groupingBy(each -> Cause.of(each.cause()), Collectors.counting()));
  }

  static void print(String what, long since, long questions) {
    Figures.print("%s: %d ms, %d questions".formatted(what, Figures.msSince(since), questions));
  }

  @Test
  void allWaitsOfAWorkerThatIsKilledKnowIt(Server api) {
    api.deploy();
    var waits = ask(api.events(), MANY, WATCHING);
    try (var worker = worker(api.redis(), MANY, WorkerProgram.Kind.KEEPS)) {
      worker.awaitOutput("has " + MANY);
      var questions = api.redis().calls("pubsub|numsub");
      worker.kill();
      var killed = System.nanoTime();
      assertThat(causes(waits)).isEqualTo(Map.of(Cause.WORKER_LOST, (long) MANY));
      print(
          MANY + " waits of a worker that was killed",
          killed,
          api.redis().calls("pubsub|numsub") - questions);
    }
    forgetJobs(api);
  }

  @Test
  void theJobsOfAWorkerThatIsKilledAreDoneByAnother(Server api) {
    api.deploy();
    var waits = ask(api.events(), MANY, WATCHING);
    try (var first = worker(api.redis(), MANY, WorkerProgram.Kind.HOLDS)) {
      first.awaitOutput("has " + MANY);
      try (var second = worker(api.redis(), 100, WorkerProgram.Kind.ANSWERS)) {
        first.kill();
        var killed = System.nanoTime();
        assertThat(causes(waits)).isEqualTo(Map.of(Cause.RESULT, (long) MANY));
        print(MANY + " jobs that were done by another worker", killed, 0);
        assertThat(second.output()).contains("has " + MANY).doesNotContain("has " + (MANY + 1));
      }
    }
    forgetJobs(api);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWorkerThatIsStoppedHasStalledAndItsLateResultReachesNobody(boolean direct, Server api) {
    api.deploy();
    var events = api.events();
    var options = WATCHING.direct(direct).stalledAfter(1_000);
    try (var worker = worker(api.redis(), 10, WorkerProgram.Kind.ANSWERS_LATE)) {
      var waits = ask(events, 10, options);
      worker.awaitOutput("has 10");
      worker.signal("STOP");
      var stopped = System.nanoTime();
      assertThat(causes(waits)).isEqualTo(Map.of(Cause.STALLED, 10L));
      print("10 waits of a worker that was stopped", stopped, 0);
      var next = new ArrayList<EventWait>();
      for (var id = 0; id < 10; id++) {
        next.add(events.listen(NAME, id, 600_000));
      }
      next.forEach(wait -> result(wait.subscribed()));
      worker.signal("CONT");
      worker.awaitOutput("cancelled 9");
      result(api.vertx().timer(3_000)); // whatever it emits is there by then
      assertThat(next).noneMatch(wait -> wait.future().isComplete());
      next.forEach(EventWait::cancel);
    }
    forgetJobs(api);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theWorkerOfAServerThatIsKilledIsTold(boolean direct, Server server) {
    server.deploy();
    var jobs = new ConcurrentHashMap<String, ClaimedJob>();
    var never = Promise.<Void>promise();
    var working = hold(server.events(), jobs, never);
    try (var api =
        ServerProcess.program(
            AskingProgram.class, server.redis().url(), NAME, direct, "1", "2", "3")) {
      Await.until(() -> jobs.size() == 3);
      var other = direct ? null : server.events().listen(NAME, 3, 600_000);
      if (other != null) {
        result(other.subscribed());
      }
      api.kill();
      var killed = System.nanoTime();
      result(jobs.get("1").cancelled());
      result(jobs.get("2").cancelled());
      print("jobs of a server that was killed", killed, 0);
      if (other != null) {
        assertThat(jobs.get("3").isCancelled()).isFalse();
        other.cancel();
        var left = System.nanoTime();
        result(jobs.get("3").cancelled());
        print("job of which the last wait has left", left, 0);
      } else {
        result(jobs.get("3").cancelled());
      }
    }
    never.complete();
    result(working.close());
  }

  static dev.serverevents.Worker hold(
      ServerEvents events, Map<String, ClaimedJob> jobs, Promise<Void> until) {
    var working =
        events.work(
            NAME,
            events.jobList(NAME),
            new WorkOptions(100, EmitOptions.DEFAULT),
            job -> {
              jobs.put(job.id(), job);
              return until.future();
            });
    result(working.ready());
    return working;
  }

  @Test
  void theWorkerIsToldWhenTheLastWaitHasLeft(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var jobs = new ConcurrentHashMap<String, ClaimedJob>();
    var never = Promise.<Void>promise();
    var working = hold(worker.events(), jobs, never);
    var waits = ask(api.events(), 2, WATCHING);
    Await.until(() -> jobs.size() == 2);
    var same = api.events().listen(NAME, 1, 600_000);
    result(same.subscribed());
    waits.forEach(EventWait::cancel);
    var left = System.nanoTime();
    result(jobs.get("0").cancelled());
    print("job of which the only wait has left", left, 0);
    var questions = api.redis().calls("pubsub|numsub");
    Await.until(() -> api.redis().calls("pubsub|numsub") > questions + 2);
    assertThat(jobs.get("1").isCancelled()).isFalse();
    same.cancel();
    left = System.nanoTime();
    result(jobs.get("1").cancelled());
    print("job of which the last of two waits has left", left, 0);
    never.complete();
    result(working.close());
  }

  private static void forgetJobs(Server server) {
    var keys = server.redis().command("KEYS", "$jobs:*");
    keys.forEach(key -> server.redis().command("DEL", key.toString()));
  }
}
