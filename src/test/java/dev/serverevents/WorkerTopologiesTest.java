package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.testing.TestSentinels;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What waits and workers learn of each other on one Redis, they learn with Sentinels and on both
 * kinds of cluster, and neither a slot that moves nor a failover makes a worker seem gone.
 */
@Tag("long")
@OnlyOnRedis("It is about clusters and Sentinels.")
@ExtendWith(ServerExtension.class)
class WorkerTopologiesTest {

  private static final List<String> NAMES =
      IntStream.range(0, 12).mapToObj(i -> "job-" + i).toList();
  private static final WaitOptions NEEDING =
      WaitOptions.DEFAULT.timeout(120_000).requireWorker().retained(true);
  private static final WorkOptions WORK =
      WorkOptions.DEFAULT.concurrency(10).emit(EmitOptions.retain(Duration.ofSeconds(30)));

  /** A user of Redis of which the connections can be ended for good. */
  private static final String GONE = "gone";

  /** So many questions who subscribes take longer than what is allowed after a disturbance. */
  private static final int QUESTIONS = 12;

  /** Jobs on a list that do not go back when their worker is gone. */
  private record Keeping(JobList jobs) implements JobSource {

    @Override
    public Future<@Nullable Taken> take(String workerId) {
      return jobs.take(workerId);
    }

    @Override
    public Future<?> close(String workerId) {
      return jobs.close(workerId);
    }
  }

  /** A worker of each name, which ends some of their jobs only when they are told to. */
  private static final class Crew {

    private final Map<String, ClaimedJob> held = new ConcurrentHashMap<>();
    private final Promise<String> done = Promise.promise();
    private final List<Worker> workers = new ArrayList<>();

    Crew(ServerEvents events) {
      for (var name : NAMES) {
        workers.add(events.work(name, new Keeping(events.jobList(name)), WORK, this::work));
      }
      workers.forEach(worker -> result(worker.ready()));
    }

    private Future<?> work(ClaimedJob job) {
      if (!job.id().startsWith("held")) {
        return Future.succeededFuture(job.id());
      }
      held.put(job.name() + job.id(), job);
      return done.future();
    }

    /** Waits for a job of each name, all of which the crew has claimed and not done. */
    List<EventWait> hold(ServerEvents api, String id, WaitOptions options) {
      var waits = NAMES.stream().map(name -> listen(api, name, id, options)).toList();
      for (var name : NAMES) {
        Await.until(() -> held.containsKey(name + id));
        result(job(name, id).progress()); // so that Redis has the claim as well
      }
      return waits;
    }

    ClaimedJob job(String name, String id) {
      return held.get(name + id);
    }

    void end() {
      done.tryComplete("done");
      workers.forEach(worker -> result(worker.close()));
    }
  }

  private static EventWait listen(ServerEvents api, String name, String id, WaitOptions options) {
    return api.listen(name, id, options, job -> api.jobList(name).push(job));
  }

  private static ServerEvents deploy(Server server, RedisServerOptions redis) {
    server.deploy(server.options().setRedis(redis).setEmitTimeout(60_000));
    return server.events();
  }

  private static RedisServerOptions asGone(RedisServerOptions redis) {
    return new RedisServerOptions(redis.toJson().put("user", GONE).put("password", GONE));
  }

  private static void allIsTold(
      RedisServerOptions redis, List<TestRedis> nodes, Server api, Server worker, Server gone) {
    var events = deploy(api, redis);
    for (var name : NAMES) {
      assertThat(failure(listen(events, name, "1", NEEDING).future()))
          .isInstanceOf(NoWorkerException.class);
    }
    var crew = new Crew(deploy(worker, redis));
    for (var options : List.of(NEEDING, NEEDING.direct(true))) {
      for (var name : NAMES) {
        var wait = listen(events, name, "2-" + options.direct(), options);
        assertThat(result(wait.future()).get(0)).isEqualTo("2-" + options.direct());
      }
      var id = "held-" + options.direct();
      crew.hold(events, id, options).forEach(EventWait::cancel);
      NAMES.forEach(name -> result(crew.job(name, id).cancelled()));
    }
    crew.end();

    nodes.forEach(
        node -> node.command("ACL", "SETUSER", GONE, "on", ">" + GONE, "+@all", "~*", "&*"));
    var lost = new Crew(deploy(gone, asGone(redis)));
    var waits = lost.hold(events, "held", NEEDING);
    nodes.forEach(node -> node.command("ACL", "DELUSER", GONE));
    for (var i = 0; i < waits.size(); i++) {
      assertThat(failure(waits.get(i).future()))
          .isInstanceOfSatisfying(
              WorkerLostException.class,
              failure -> assertThat(failure.cause()).isEqualTo(Cause.WORKER_LOST))
          .extracting(failure -> ((WorkerLostException) failure).worker())
          .isEqualTo(lost.workers.get(i).id());
    }
    gone.undeploy();
    lost.end();
    eachServerKnowsAll(worker.events(), waits.get(0));
    api.undeploy();
    worker.undeploy();
  }

  /** A server that did not wait asks the one that did. */
  private static void eachServerKnowsAll(ServerEvents asking, EventWait lost) {
    Await.untilAsserted(
        () -> {
          var overview = result(asking.overview());
          assertThat(overview.missing()).isZero();
          assertThat(overview.servers())
              .hasSize(2)
              .allSatisfy(server -> assertThat(server.connections()).isNotEmpty());
        });
    var told = result(asking.explain(NAMES.get(0), "held"));
    assertThat(told.cause()).isEqualTo(Cause.of(lost.future().cause()).word());
    assertThat(told.timeline())
        .extracting(Explanation.Step::what)
        .containsSubsequence("waiting", "handed-over", "claimed", "worker-lost", "ended");
  }

  @ParameterizedTest
  @EnumSource
  void allIsToldInACluster(PubSub pubsub, Server api, Server worker, Server gone) {
    try (var cluster = new TestCluster(3, 0)) {
      assertThat(NAMES)
          .extracting(name -> cluster.owner(cluster.slot("$serves:" + name)))
          .containsAll(cluster.masters());
      allIsTold(cluster.options(pubsub, 0), cluster.nodes(), api, worker, gone);
      cluster.masters().forEach(node -> node.command("FLUSHALL")); // jobs that did not go back
      cluster.checkNothingIsLeft();
    }
  }

  @Test
  void allIsToldWithSentinels(Server api, Server worker, Server gone) {
    try (var sentinels = new TestSentinels()) {
      var redis = sentinels.options().toJson().put("user", "default");
      allIsTold(new RedisServerOptions(redis), sentinels.redises(), api, worker, gone);
    }
  }

  /** Nobody seems gone while something happens, nor later, and all waits are answered. */
  private static void withoutAFalseAlarm(
      RedisServerOptions redis,
      PubSub pubsub,
      Supplier<List<TestRedis>> masters,
      Server api,
      Server worker,
      Runnable event) {
    var events = deploy(api, redis);
    var emitting = deploy(worker, redis);
    var crew = new Crew(emitting);
    var waits = new ArrayList<>(crew.hold(events, "held", NEEDING));
    var unclaimed = NAMES.stream().map(name -> events.listen(name, "unclaimed", NEEDING)).toList();
    unclaimed.forEach(wait -> result(wait.subscribed()));
    waits.addAll(unclaimed);

    event.run();
    Await.until(() -> events.isReady() && emitting.isReady());
    var question = pubsub == PubSub.SHARDED ? "pubsub|shardnumsub" : "pubsub|numsub";
    var asked = new LinkedHashMap<TestRedis, Long>();
    masters.get().forEach(master -> asked.put(master, master.calls(question)));
    asked.forEach(
        (master, before) -> Await.until(() -> master.calls(question) > before + QUESTIONS));
    assertThat(waits).extracting(wait -> wait.future().cause()).containsOnlyNulls();
    assertThat(crew.held.values()).noneMatch(ClaimedJob::isCancelled);

    crew.done.complete("done");
    for (var name : NAMES) {
      result(emitting.emit(EmitOptions.retain(Duration.ofSeconds(30)), name, "unclaimed", "done"));
    }
    waits.forEach(wait -> assertThat(result(wait.future()).get(0)).isEqualTo("done"));
    for (var name : NAMES) {
      var next = listen(events, name, "next", NEEDING);
      assertThat(result(next.future()).get(0)).isEqualTo("next");
    }
    crew.end();
    api.undeploy();
    worker.undeploy();
  }

  @Test
  void aWorkerWhoseSlotsMoveIsNotGone(Server api, Server worker) {
    try (var cluster = new TestCluster(3, 0)) {
      withoutAFalseAlarm(
          cluster.options(PubSub.SHARDED, 0),
          PubSub.SHARDED,
          cluster::masters,
          api,
          worker,
          () -> {
            var moved =
                cluster.masters().stream()
                    .flatMap(node -> node.allChannels().stream())
                    .filter(channel -> channel.matches("\\$(worker|serves):.*"))
                    .toList();
            assertThat(moved).hasSize(2 * NAMES.size());
            moved.forEach(channel -> move(cluster, cluster.slot(channel)));
          });
      cluster.checkNothingIsLeft();
    }
  }

  private static void move(TestCluster cluster, int slot) {
    var from = cluster.owner(slot);
    var to = cluster.masters().stream().filter(node -> node != from).findFirst().orElseThrow();
    cluster.move(List.of(slot), from, to);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerIsNotGoneWithAMasterThatIsKilled(PubSub pubsub, Server api, Server worker) {
    try (var cluster = new TestCluster(3, 1)) {
      withoutAFalseAlarm(
          cluster.options(pubsub, 1),
          pubsub,
          cluster::masters,
          api,
          worker,
          () -> {
            var killed = cluster.masters().get(0);
            killed.kill();
            Await.until(() -> !cluster.masters().contains(killed));
            killed.restart();
            killed.awaitServing();
            cluster.awaitComplete();
          });
      cluster.checkNothingIsLeft();
    }
  }

  @Test
  void aWorkerIsNotGoneWithAMasterThatSentinelsReplace(Server api, Server worker) {
    try (var sentinels = new TestSentinels()) {
      withoutAFalseAlarm(
          sentinels.options(),
          PubSub.BROADCAST,
          () -> List.of(sentinels.master()),
          api,
          worker,
          () -> {
            var killed = sentinels.master();
            killed.kill();
            Await.until(() -> sentinels.master() != killed);
            killed.restart();
            killed.awaitServing();
          });
    }
  }
}
