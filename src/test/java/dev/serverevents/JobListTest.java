package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs on a Redis list, whatever happens to Redis, the connections and the workers. */
@OnBothBackends
class JobListTest {

  private static final String LIST = "$jobs:{job}";
  private static final String WORKERS = LIST + ":workers";
  private static final WaitOptions WATCHING = WaitOptions.DEFAULT.timeout(60_000).watchWorker();
  private static final WorkOptions SEVERAL = WorkOptions.DEFAULT.concurrency(10);

  /** A worker that ends its jobs only when it is told to. */
  private static final class Slow {

    final List<ClaimedJob> taken = new CopyOnWriteArrayList<>();
    private final Promise<String> done = Promise.promise();
    private final Worker worker;

    Slow(ServerEvents events, WorkOptions options) {
      worker = events.work("job", events.jobList("job"), options, this::work);
      result(worker.ready());
    }

    private Future<?> work(ClaimedJob job) {
      taken.add(job);
      return done.future();
    }

    List<String> ids() {
      return taken.stream().map(ClaimedJob::id).toList();
    }

    void awaitTaken(String... ids) {
      Await.untilAsserted(() -> assertThat(ids()).containsExactly(ids));
    }

    String own() {
      return LIST + ":" + worker.id();
    }

    void end() {
      done.tryComplete("slow");
      result(worker.close());
    }
  }

  private static Worker work(ServerEvents events, Function<ClaimedJob, Future<?>> handler) {
    var worker = events.work("job", handler);
    result(worker.ready());
    return worker;
  }

  private static Job job(Object id) {
    return new Job("job", id.toString(), null, null, 60_000, 0, Map.of(), null);
  }

  private static void push(ServerEvents events, Object... ids) {
    for (var id : ids) {
      result(events.jobList("job").push(job(id)));
    }
  }

  private static Future<EventArgs> request(ServerEvents events, Object id) {
    return events.request("job", id, WATCHING, job -> events.jobList("job").push(job));
  }

  private static Future<?> echo(ClaimedJob job) {
    return Future.succeededFuture(job.id());
  }

  private static int length(Server server, String list) {
    return server.broker().list(list).size();
  }

  private static void assertNothingUnder(Server server, String... keys) {
    assertThat(keys).noneMatch(server.broker()::exists);
  }

  private static ServerEventsOptions through(TcpProxy proxy, Server server) {
    return server.options().setConnectionString(proxy.url());
  }

  @Test
  void aWorkerTakesJobsInTheirOrderAndAsManyAtATimeAsItMay(Server server) {
    server.deploy();
    var events = server.events();
    push(events, 1, 2, 3);
    var slow = new Slow(events, WorkOptions.DEFAULT.concurrency(2));
    slow.awaitTaken("1", "2");
    assertThat(length(server, LIST)).isOne();
    assertThat(length(server, slow.own())).isEqualTo(2);
    slow.done.complete("done");
    slow.awaitTaken("1", "2", "3");
    slow.end();
    assertNothingUnder(server, LIST, slow.own(), WORKERS);
  }

  @Test
  void whatIsNoJobIsDroppedAndTheNextIsDone(Server server) {
    server.deploy();
    server.broker().push(LIST, List.of("{}", "no JSON", "[1]", job("$x").toJson().encode()));
    var worker = work(server.events(), JobListTest::echo);
    assertThat(result(request(server.events(), 1)).get(0)).isEqualTo("1");
    result(worker.close());
  }

  @Test
  void whatAHandlerFailsWithEndsTheWait(Server server) {
    server.deploy();
    var worker =
        work(
            server.events(),
            job ->
                switch (job.id()) {
                  case "throws" -> throw new IllegalStateException("secret");
                  case "null" -> null;
                  case "fails" -> Future.failedFuture("secret");
                  default -> job.fail(422, "No tea", "tea");
                });
    for (var id : List.of("throws", "null", "fails")) {
      var failed = (EventFailureException) failure(request(server.events(), id));
      assertThat(failed.code()).isEqualTo(500);
      assertThat(failed).hasMessageNotContaining("secret");
    }
    var failed = (EventFailureException) failure(request(server.events(), "said"));
    assertThat(failed.code()).isEqualTo(422);
    assertThat(failed.detail()).isEqualTo("tea");
    result(worker.close());
  }

  @Test
  void streamsSeeTheProgressOfAJob(Server server) {
    server.deploy();
    var events = server.events();
    var seen = new CopyOnWriteArrayList<StreamEvent>();
    var stream = events.stream("job", 1);
    stream.handler(seen::add);
    result(stream.subscribed());
    var worker = work(events, job -> job.progress(50).map(told -> "done"));
    push(events, 1);
    Await.until(() -> seen.size() == 2);
    assertThat(seen.get(0)).isInstanceOf(StreamEvent.Progress.class);
    assertThat(seen.get(1)).isInstanceOf(StreamEvent.Result.class);
    result(worker.close());
  }

  @Test
  void aWorkerThatIsClosedEndsItsJobsAndTakesNoMore(Server server) {
    server.deploy();
    var events = server.events();
    var slow = new Slow(events, WorkOptions.DEFAULT);
    var answer = request(events, 1);
    slow.awaitTaken("1");
    var closed = slow.worker.close();
    push(events, 2);
    assertThat(closed.isComplete()).isFalse();
    slow.done.complete("in time");
    assertThat(result(answer).get(0)).isEqualTo("in time");
    result(closed);
    slow.awaitTaken("1");
    assertThat(result(events.jobList("job").remove(job(2)))).isTrue();
  }

  @Test
  void aVerticleThatDrainsWaitsForTheJobsInHand(Server api, Server worker) {
    api.deploy();
    worker.deploy(worker.options().setDrainTimeout(60_000));
    var slow = new Slow(worker.events(), WorkOptions.DEFAULT);
    var answer = request(api.events(), 1);
    slow.awaitTaken("1");
    var undeployed = worker.vertx().undeploy(worker.vertx().deploymentIDs().iterator().next());
    assertThat(undeployed.isComplete()).isFalse();
    slow.done.complete("in time");
    assertThat(result(answer).get(0)).isEqualTo("in time");
    result(undeployed);
    result(slow.worker.close());
    assertNothingUnder(api, slow.own(), WORKERS);
  }

  @Test
  @OwnRedis({"--appendonly", "yes", "--appendfsync", "always"})
  @OnlyOnRedis("The process of Redis is killed.")
  void aWorkerGoesOnWhenRedisWasKilledWhileItWaited(Server server) {
    server.deploy();
    var redis = server.redis();
    var worker = work(server.events(), JobListTest::echo);
    redis.kill();
    redis.restart();
    redis.awaitServing();
    Await.until(server.events()::isReady);
    assertThat(result(request(server.events(), 1)).get(0)).isEqualTo("1");
    result(worker.close());
  }

  @Tag("long")
  @Test
  @OnlyOnRedis("One connection is killed: in memory, all break at once.")
  void aWorkerWhoseConnectionsAreKilledTakesTheNextJob(Server server) {
    server.deploy();
    var redis = server.redis();
    var worker = work(server.events(), JobListTest::echo);
    for (var id = 1; id <= 5; id++) {
      Await.until(() -> redis.connections().stream().anyMatch(l -> l.contains("cmd=blmove")));
      redis.connections().stream()
          .filter(line -> line.contains("cmd=blmove"))
          .map(line -> line.substring("id=".length(), line.indexOf(' ')))
          .forEach(client -> redis.command("CLIENT", "KILL", "ID", client));
      assertThat(result(request(server.events(), id)).get(0)).isEqualTo(String.valueOf(id));
    }
    result(worker.close());
  }

  /** A connection that is cut, and one that stays and brings nothing any more. */
  @Tag("long")
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @OnlyOnRedis("A connection swallows what Redis answers: in memory, it is there or broken.")
  void aJobThatRedisMovedIsDoneThoughTheWorkerWasNotTold(boolean isCut, Server api, Server worker) {
    api.deploy();
    try (var proxy = TcpProxy.before(api.redis())) {
      worker.deploy(through(proxy, worker));
      var slow = new Slow(worker.events(), WorkOptions.DEFAULT);
      var swallowed = Promise.<Void>promise();
      proxy.rewriteAnswers(
          bytes ->
              bytes.toString().contains("deadline") && swallowed.tryComplete()
                  ? Buffer.buffer()
                  : bytes);
      push(api.events(), 1);
      result(swallowed.future());
      assertThat(slow.taken).isEmpty();
      if (isCut) {
        proxy.cut();
        proxy.mend();
      }
      slow.awaitTaken("1");
      slow.end();
      worker.undeploy();
    }
    assertThat(length(api, LIST)).isZero();
  }

  @Test
  void aJobThatRedisMovesOnlyAfterTheWorkerHadGivenUpIsFound(Server server) {
    server.deploy();
    var slow = new Slow(server.events(), SEVERAL);
    push(server.events(), 1);
    slow.awaitTaken("1");
    server.broker().push(slow.own(), List.of(job(2).toJson().encode()));
    slow.awaitTaken("1", "2");
    slow.end();
  }

  @Test
  void whatIsDoneWhileRedisIsAwayIsForgottenWhenItIsBack(Server api, Server worker) {
    api.deploy();
    try (var link = api.broker().link()) {
      worker.deploy(link.lead(worker.options()).setEmitTimeout(100));
      var slow = new Slow(worker.events(), WorkOptions.DEFAULT);
      push(api.events(), 1);
      slow.awaitTaken("1");
      link.cut();
      slow.done.complete("not told");
      Await.until(() -> !worker.events().isReady());
      link.mend();
      Await.until(() -> length(api, slow.own()) == 0);
      slow.awaitTaken("1");
      slow.end();
      worker.undeploy();
    }
  }

  @Test
  @OnlyOnRedis("Redis loses its data: the memory keeps it.")
  void whoHasJobsIsKnownAgainAfterRedisHasLostItsData(Server server) {
    server.deploy();
    var redis = server.redis();
    var slow = new Slow(server.events(), SEVERAL);
    push(server.events(), 1);
    slow.awaitTaken("1");
    redis.command("FLUSHALL");
    Await.until(() -> redis.command("SISMEMBER", WORKERS, slow.worker.id()).toInteger() == 1);
    push(server.events(), 2);
    slow.awaitTaken("1", "2");
    slow.end();
  }

  @Test
  @OnlyOnRedis("One server of several is cut off: in memory, all connections break at once.")
  void theJobsOfAWorkerThatIsGoneAreDoneOnceAndInTheirOrder(Server gone, Server one, Server other) {
    one.deploy();
    other.deploy();
    try (var proxy = TcpProxy.before(gone.redis())) {
      gone.deploy(through(proxy, gone));
      var lost = new Slow(gone.events(), SEVERAL);
      push(one.events(), 1, 2, 3, 4);
      lost.awaitTaken("1", "2", "3", "4");
      push(one.events(), 5);
      lost.awaitTaken("1", "2", "3", "4", "5");
      var first = new Slow(one.events(), SEVERAL.concurrency(5));
      var second = new Slow(other.events(), SEVERAL.concurrency(5));
      proxy.cut();
      Await.until(() -> first.taken.size() + second.taken.size() == 5);
      assertThat(first.ids()).isSorted();
      assertThat(second.ids()).isSorted();
      assertThat(List.of(first.ids(), second.ids()))
          .flatExtracting(ids -> ids)
          .containsExactlyInAnyOrder("1", "2", "3", "4", "5");
      proxy.mend();
      Await.until(gone.events()::isReady);
      lost.end();
      first.end();
      second.end();
      gone.undeploy();
    }
    assertNothingUnder(one, LIST, WORKERS);
  }

  @Test
  @OnlyOnRedis("One server of several is cut off: in memory, all connections break at once.")
  void aWaitGetsItsResultThoughTheFirstWorkerIsGone(Server api, Server gone, Server next) {
    api.deploy();
    next.deploy();
    try (var proxy = TcpProxy.before(api.redis())) {
      gone.deploy(through(proxy, gone));
      var lost = new Slow(gone.events(), WorkOptions.DEFAULT);
      var answer = request(api.events(), 1);
      lost.awaitTaken("1");
      proxy.cut();
      var worker = work(next.events(), JobListTest::echo);
      assertThat(result(answer).get(0)).isEqualTo("1");
      proxy.mend();
      Await.until(gone.events()::isReady);
      lost.end();
      result(worker.close());
      gone.undeploy();
    }
  }

  @Test
  void manyJobsGoBackInTheirOrder(Server server) {
    server.deploy();
    var broker = server.broker();
    var events = server.events();
    var ids = IntStream.range(0, 12_000).mapToObj(String::valueOf).toList();
    broker.push(LIST + ":gone", ids.stream().map(id -> job(id).toJson().encode()).toList());
    broker.addMember(WORKERS, "gone");
    result(
        Future.all(events.jobList("job").giveBack("gone"), events.jobList("job").giveBack("gone")));
    var back = broker.list(LIST);
    assertThat(back.stream().map(job -> new JsonObject(job).getString("id")).toList())
        .isEqualTo(ids);
    assertNothingUnder(server, WORKERS, LIST + ":gone");
    broker.clear();
  }

  @Test
  void aListCanHaveALimitAndALifetime(Server server) {
    server.deploy();
    var options = JobListOptions.DEFAULT.limit(2).lifetime(Duration.ofMinutes(1));
    var list = server.events().jobList("job", options);
    assertThat(result(list.push(job(1)))).isOne();
    assertThat(result(list.push(job(2)))).isEqualTo(2);
    var refused = (UnavailableException) failure(list.push(job(3)));
    assertThat(refused.cause()).isEqualTo(Cause.LIMIT);
    assertThat(length(server, LIST)).isEqualTo(2);
    assertThat(server.broker().ttl(LIST)).isBetween(1L, 60_000L);
    assertThat(result(list.remove(job(2)))).isTrue();
    assertThat(result(list.remove(job(2)))).isFalse();
  }

  @Tag("long")
  @Test
  @OwnRedis({})
  @OnlyOnRedis("A connection swallows everything: in memory, it is there or broken.")
  void aPushSaysWhyItFailed(Server server) {
    var events = server.events();
    assertCause(Cause.NOT_DEPLOYED, events.jobList("job").push(job(1)));
    try (var proxy = TcpProxy.before(server.redis())) {
      server.deploy(through(proxy, server));
      server.redis().command("SET", LIST, "no list", "PX", 600_000);
      assertCause(Cause.REDIS_REFUSED, events.jobList("job").push(job(1)));
      server.redis().command("DEL", LIST);
      proxy.swallow();
      assertCause(Cause.REDIS_AWAY, events.jobList("job").push(job(1)));
      proxy.cut();
      assertCause(Cause.REDIS_AWAY, events.jobList("job").push(job(1)));
      proxy.mend();
      assertThat(result(events.jobList("job").push(job(1)))).isOne();
      result(events.jobList("job").remove(job(1)));
      server.undeploy();
    }
  }

  private static void assertCause(Cause cause, Future<?> failed) {
    assertThat(failure(failed))
        .isInstanceOfSatisfying(
            UnavailableException.class, e -> assertThat(e.cause()).isEqualTo(cause));
  }

  @Test
  void aNameOfAListIsChecked(Server server) {
    var events = server.events();
    for (var wrong : new String[] {null, "", "}", "}x", "x".repeat(513), "\uD800"}) {
      assertThatThrownBy(() -> events.jobList(wrong))
          .as("%s", wrong)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("name");
    }
    assertThatThrownBy(() -> JobListOptions.DEFAULT.limit(-1)).hasMessageContaining("limit");
    assertThatThrownBy(() -> JobListOptions.DEFAULT.lifetime(Duration.ofMillis(-1)))
        .hasMessageContaining("lifetime");
  }

  @Test
  @OnlyOnRedis("It is about a cluster.")
  void aClusterHasListsOfAnyName(Server gone, Server server) {
    try (var cluster = new TestCluster(2, 0)) {
      var options = cluster.options(RedisServerOptions.PubSub.SHARDED, 0);
      server.deploy(server.options().setRedis(options));
      for (var name : List.of("a", "b", "{c}", "{}", "d}:workers", "x".repeat(512))) {
        var list = server.events().jobList(name);
        for (var id = 1; id <= 3; id++) {
          result(list.push(job(id)));
        }
        for (var id = 1; id <= 3; id++) {
          var taken = result(list.take("gone"));
          assertThat(taken.job().id()).as(name).isEqualTo(String.valueOf(id));
        }
        assertThat(result(list.holders())).containsExactly("gone");
        result(list.giveBack("gone"));
        assertThat(result(list.holders())).isEmpty();
        for (var id = 1; id <= 3; id++) {
          var taken = result(list.take("next"));
          assertThat(taken.job().id()).as(name).isEqualTo(String.valueOf(id));
          result(taken.done());
        }
        result(list.close("gone"));
        result(list.close("next"));
        assertThat(result(list.holders())).isEmpty();
      }
      server.undeploy();
      cluster.checkNothingIsLeft();
    }
  }
}
