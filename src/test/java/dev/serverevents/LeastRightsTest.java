package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.RedisRecipes;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The users of Redis that the page on security proposes: each may do what it is for, and nothing
 * else.
 */
@OnlyOnRedis("It is about the rights of the users of Redis.")
@ExtendWith(ServerExtension.class)
class LeastRightsTest {

  private static final EmitOptions KEPT = EmitOptions.retain(Duration.ofMinutes(1));
  private static final WaitOptions RETAINED = WaitOptions.DEFAULT.retained(true);

  private static final String API = "orders-api";
  private static final String WORKER = "orders-worker";
  private static final String BOTH = "orders-both";
  private static final String EMIT = "orders-emit";
  private static final List<String> USERS = List.of(API, WORKER, BOTH, EMIT);

  private static final String UUID = "123e4567-e89b-12d3-a456-426614174000";

  /** A command, and the users that may do it. */
  private record Row(String command, List<String> users) {}

  private static final List<Row> TABLE =
      List.of(
          row("PUBLISH orders:1 x", WORKER, BOTH, EMIT),
          row("PUBLISH $progress:orders:1 x", WORKER, BOTH, EMIT),
          row("PUBLISH $inbox:orders:random.1 x", WORKER, BOTH),
          row("PUBLISH $inbox:$" + UUID + " x", API, BOTH),
          row("SUBSCRIBE orders:1", API, BOTH),
          row("SUBSCRIBE $progress:orders:1", API, BOTH),
          row("SUBSCRIBE $inbox:orders:random.1", API, BOTH),
          row("SUBSCRIBE $inbox:$" + UUID, API, BOTH),
          row("GET $retained:{orders:1}:6", API, WORKER, BOTH),
          row("SET $retained:{orders:1}:6 x PX 1", WORKER, BOTH),
          row("FCALL f 2 $idempotency:{orders:1}:6:k $retained:{orders:1}:6", WORKER, BOTH),
          row("PUBLISH users:1 x"),
          row("PUBLISH $progress:users:1 x"),
          row("PUBLISH $inbox:users:random.1 x"),
          row("PUBLISH __sentinel__:hello x"),
          row("SUBSCRIBE users:1"),
          row("SUBSCRIBE $progress:users:1"),
          row("SUBSCRIBE $inbox:users:random.1"),
          row("SUBSCRIBE __keyevent@0__:set"),
          row("PSUBSCRIBE *"),
          row("PSUBSCRIBE orders:*"),
          row("GET $retained:{users:1}:5"),
          row("SET $retained:{users:1}:5 x PX 1"),
          row("FCALL f 2 $idempotency:{users:1}:5:k $retained:{users:1}:5"),
          row("FCALL f 2 $idempotency:{orders:1}:6:k $retained:{users:1}:5"),
          row("GET anything"),
          row("DEL $retained:{orders:1}:6"),
          row("EVAL return 0"),
          row("EVALSHA 0 0"),
          row("SCRIPT LOAD x"),
          row("FUNCTION LOAD x"),
          row("FUNCTION DELETE server_events_1"),
          row("CONFIG GET *"),
          row("CONFIG SET dir /"),
          row("KEYS *"),
          row("SCAN 0"),
          row("FLUSHALL"),
          row("PUBSUB CHANNELS"),
          row("CLIENT LIST"),
          row("CLIENT KILL TYPE normal"),
          row("ACL LIST"),
          row("INFO"),
          row("MONITOR"),
          row("MIGRATE host 1 key 0 1"),
          row("REPLICAOF NO ONE"),
          row("CLUSTER FAILOVER"),
          row("DEBUG SLEEP 0"),
          row("SHUTDOWN"));

  /** What the rights for jobs add. */
  private static final List<Row> JOBS_TABLE =
      List.of(
          row("PUBLISH $worker:" + UUID + " x", API, BOTH),
          row("SUBSCRIBE $worker:" + UUID, WORKER, BOTH),
          row("SUBSCRIBE $serves:orders", WORKER, BOTH),
          row("SUBSCRIBE $serves:users"),
          row("PUBLISH $inbox:$" + UUID + " x", API, WORKER, BOTH),
          row("SUBSCRIBE $inbox:$" + UUID, API, WORKER, BOTH),
          row("PUBLISH $inbox:orders:random.1 x", WORKER, BOTH),
          row("SUBSCRIBE $inbox:orders:random.1", API, BOTH),
          row("SUBSCRIBE orders:1", API, BOTH),
          row("PUBLISH orders:1 x", WORKER, BOTH, EMIT),
          row("PUBSUB NUMSUB any", API, WORKER, BOTH),
          row("PUBSUB CHANNELS"),
          row("CLIENT SETNAME x", API, WORKER, BOTH),
          row("CLIENT LIST"),
          row("RPUSH $jobs:{orders} x", API, BOTH),
          row("LREM $jobs:{orders} 1 x", API, WORKER, BOTH),
          row("BLMOVE $jobs:{orders} $jobs:{orders}:w LEFT RIGHT 1", WORKER, BOTH),
          row("LRANGE $jobs:{orders} 0 -1", WORKER, BOTH),
          row("SMEMBERS $jobs:{orders}:workers", WORKER, BOTH),
          row("RPUSH $jobs:{users} x"),
          row("BLMOVE $jobs:{users} $jobs:{orders}:w LEFT RIGHT 1"),
          row("BLMOVE $jobs:{orders} $jobs:{users}:w LEFT RIGHT 1"),
          row("DEL $jobs:{orders}"));

  /** What the rights to ask all servers add. */
  private static final List<Row> SERVERS_TABLE =
      List.of(
          row("PUBLISH $servers x", API, WORKER, BOTH),
          row("SUBSCRIBE $servers", API, WORKER, BOTH),
          row("PUBLISH $inbox:$" + UUID + " x", API, WORKER, BOTH),
          row("SUBSCRIBE $inbox:$" + UUID, API, WORKER, BOTH),
          row("PUBSUB NUMSUB $servers", API, WORKER, BOTH),
          row("PUBLISH orders:1 x", WORKER, BOTH, EMIT),
          row("SUBSCRIBE orders:1", API, BOTH),
          row("PUBSUB CHANNELS"));

  private static final List<String> NAMES = List.of("orders", "orders-1", "orders-2", "orders-3");
  private static final WaitOptions WATCHING = WaitOptions.DEFAULT.timeout(60_000).watchWorker();
  private static final WaitOptions NEEDING = WATCHING.requireWorker();

  private static Row row(String command, String... users) {
    return new Row(command, List.of(users));
  }

  private static void loadFunction(TestRedis redis) {
    redis.command("FUNCTION", "LOAD", "REPLACE", RedisRecipes.FUNCTION);
  }

  private static ServerEventsOptions as(Server server, JsonObject redis, String user) {
    var settings = redis.copy().put("user", user).put("password", user);
    return server.options().setRedis(new RedisServerOptions(settings)).setListen(listens(user));
  }

  private static boolean listens(String user) {
    return user.equals(API) || user.equals(BOTH);
  }

  private static JsonObject at(Server server) {
    return new JsonObject().put("connectionString", server.redis().url());
  }

  /** Redis itself says what a user may do. */
  private static void assertTable(TestRedis redis, boolean isSharded, List<Row> table) {
    for (var row : table) {
      var command =
          isSharded
              ? row.command
                  .replaceFirst("^(PUBLISH|SUBSCRIBE)", "S$1")
                  .replaceFirst("^PUBSUB NUMSUB", "PUBSUB SHARDNUMSUB")
              : row.command;
      for (var user : USERS) {
        var words = new ArrayList<Object>(List.of("DRYRUN", user));
        words.addAll(List.of(command.split(" ")));
        var isAllowed = redis.command("ACL", words.toArray()).toString().equals("OK");
        assertThat(isAllowed).as("%s: %s", user, command).isEqualTo(row.users.contains(user));
      }
    }
  }

  private static void waitingWorks(ServerEvents waiting, ServerEvents emitting, int id) {
    var wait = waiting.listen("orders", id);
    var stream = waiting.stream("orders", id + 1);
    result(Future.all(wait.subscribed(), stream.subscribed()));
    result(emitting.emit("orders", id, "result"));
    assertThat(result(wait.future()).get(0)).isEqualTo("result");
    result(emitting.emitProgress("orders", id + 1, 50));
    stream.close();
    result(emitting.emit(KEPT, "orders", id + 2, "kept"));
    assertThat(result(waiting.on("orders", id + 2, RETAINED)).get(0)).isEqualTo("kept");
    var once = KEPT.idempotencyKey("k");
    result(emitting.emit(once, "orders", id + 3, 1));
    result(emitting.emit(once, "orders", id + 3, 1));
    assertThat(failure(emitting.emit(once, "orders", id + 3, 2)))
        .isInstanceOf(IdempotencyException.class);
    assertThat(result(waiting.on("orders", id + 3, RETAINED)).get(0)).isEqualTo(1);
    var direct =
        waiting.requestDirect(
            "orders", id + 4, replyTo -> emitting.reply(replyTo, "orders", id + 4, "direct"));
    assertThat(result(direct).get(0)).isEqualTo("direct");
    var kept =
        waiting.requestDirect(
            "orders", id + 5, replyTo -> emitting.reply(KEPT, replyTo, "orders", id + 5, "both"));
    assertThat(result(kept).get(0)).isEqualTo("both");
    assertThat(failure(waiting.on("orders", id + 6, 100)))
        .isInstanceOf(EventTimeoutException.class);
  }

  private static void assertRefused(Future<?> outcome) {
    assertThat(failure(outcome))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("refuse");
  }

  private static void nothingElseWorks(ServerEvents waiting, ServerEvents emitting) {
    assertRefused(waiting.emit("orders", 1));
    assertRefused(waiting.emit("users", 1));
    assertRefused(waiting.on("users", 1));
    assertRefused(waiting.requestDirect("users", 1, replyTo -> Future.succeededFuture()));
    assertRefused(emitting.emit("users", 1));
    assertRefused(emitting.emit(KEPT, "users", 1));
    assertRefused(emitting.emit(KEPT.idempotencyKey("k"), "users", 1));
    assertRefused(emitting.emitProgress("users", 1));
    assertRefused(emitting.reply("$inbox:users:random.1", "users", 1));
    assertThat(failure(emitting.on("orders", 1)))
        .hasMessage("The ServerEventsVerticle only emits (listen)");
    assertThat(waiting.isReady() && emitting.isReady()).isTrue();
  }

  private static void emitOnlyWorks(ServerEvents emitting, int id) {
    result(emitting.emit("orders", id));
    result(emitting.emitProgress("orders", id));
    assertRefused(emitting.emit(KEPT, "orders", id));
    assertRefused(emitting.emit(EmitOptions.DEFAULT.idempotencyKey("k"), "orders", id));
    assertRefused(emitting.reply("$inbox:orders:random.1", "orders", id));
    assertRefused(emitting.emit("users", id));
  }

  private static void assertEachDoesItsPart(
      JsonObject redis, int ids, Server api, Server worker, Server both, Server emit) {
    api.deploy(as(api, redis, API));
    worker.deploy(as(worker, redis, WORKER));
    both.deploy(as(both, redis, BOTH));
    emit.deploy(as(emit, redis, EMIT));
    for (var id = 0; id < ids; id++) {
      waitingWorks(api.events(), worker.events(), 100 * id);
      waitingWorks(both.events(), both.events(), 100 * id + 50);
      emitOnlyWorks(emit.events(), 100 * id);
    }
    nothingElseWorks(api.events(), worker.events());
    List.of(api, worker, both, emit).forEach(Server::undeploy);
  }

  @Test
  @OwnRedis({})
  void onOneServer(Server api, Server worker, Server both, Server emit) {
    RedisRecipes.ONE_SERVER.apply(api.redis());
    loadFunction(api.redis());
    assertTable(api.redis(), false, TABLE);
    assertEachDoesItsPart(at(api), 1, api, worker, both, emit);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(names = {"BROADCAST", "SHARDED"})
  void inACluster(RedisRecipes recipes, Server api, Server worker, Server both, Server emit) {
    try (var cluster = new TestCluster(3, 0)) {
      cluster.nodes().forEach(recipes::apply);
      cluster.nodes().forEach(LeastRightsTest::loadFunction);
      var isSharded = recipes == RedisRecipes.SHARDED;
      cluster.nodes().forEach(node -> assertTable(node, isSharded, TABLE));
      var pubsub = RedisServerOptions.PubSub.valueOf(recipes.name());
      var redis = cluster.options(pubsub, 0).toJson();
      assertEachDoesItsPart(redis, 10, api, worker, both, emit);
      cluster.checkNothingIsLeft();
    }
  }

  private static ServerEvents deployForJobs(Server server, JsonObject redis, String user) {
    server.deploy(as(server, redis, user).setListen(true));
    return server.events();
  }

  private static Future<EventArgs> request(
      ServerEvents api, String name, Object id, WaitOptions options) {
    var jobs = api.jobList(name, JobListOptions.DEFAULT.lifetime(Duration.ofMinutes(1)));
    return api.request(name, id, options, jobs::push);
  }

  /** All that a server and a worker may have to do with each other, for one name. */
  private static void jobsWork(ServerEvents api, ServerEvents working, Vertx vertx, String name) {
    assertThat(failure(request(api, name, 1, NEEDING))).isInstanceOf(NoWorkerException.class);
    var jobs = working.jobList(name, JobListOptions.DEFAULT.lifetime(Duration.ofMinutes(1)));
    result(api.jobList(name).push(new Job(name, "left", null, null, 1_000, 0, Map.of(), null)));
    result(jobs.take("gone"));
    var done = new ConcurrentSkipListSet<String>();
    var held = Promise.<ClaimedJob>promise();
    var never = Promise.<String>promise();
    var worker =
        working.work(
            name,
            jobs,
            WorkOptions.DEFAULT.concurrency(3),
            job -> {
              if (job.id().equals("held")) {
                held.complete(job);
                return never.future();
              }
              var lasting = job.id().equals("long") ? vertx.timer(3_000) : job.progress(50);
              return lasting.map(told -> done.add(job.id()) ? "done" : "again");
            });
    result(worker.ready());
    var lasting = request(api, name, "long", NEEDING.stalledAfter(1_000));
    Await.until(() -> done.contains("left")); // which a worker had that is gone
    for (var options : List.of(NEEDING, NEEDING.direct(true), WATCHING)) {
      assertThat(result(request(api, name, done.size(), options)).get(0)).isEqualTo("done");
    }
    var jobsOfApi = api.jobList(name);
    var unwanted = api.listen(name, "held", NEEDING, jobsOfApi::push);
    var job = result(held.future());
    unwanted.cancel();
    result(job.cancelled());
    never.complete("too late");
    assertThat(result(lasting).get(0)).isEqualTo("done");
    result(worker.close());
    result(jobs.close("gone"));
  }

  private static void jobsWork(JsonObject redis, List<String> names, Server api, Server worker) {
    for (var user : List.of(WORKER, BOTH)) {
      var waiting = deployForJobs(api, redis, API);
      var working = deployForJobs(worker, redis, user);
      names.parallelStream().forEach(name -> jobsWork(waiting, working, worker.vertx(), name));
      assertRefused(request(waiting, "users", 1, WaitOptions.DEFAULT));
      assertRefused(working.work("users", job -> Future.succeededFuture()).ready());
      assertRefused(waiting.jobList("orders").take("any"));
      api.undeploy();
      worker.undeploy();
    }
  }

  @Test
  @OwnRedis({})
  void jobsNeedFewRights(Server api, Server worker) {
    var redis = api.redis();
    RedisRecipes.ONE_SERVER.apply(redis);
    RedisRecipes.JOBS.addTo(redis);
    assertTable(redis, false, JOBS_TABLE);
    jobsWork(at(api), List.of("orders"), api, worker);
  }

  /** What a server knows of others. */
  private static void assertKnows(ServerEvents events, int servers) {
    result(events.on("orders", 1, 500).otherwiseEmpty());
    Await.untilAsserted(
        () -> {
          var overview = result(events.overview());
          assertThat(overview.servers()).hasSize(servers);
          assertThat(overview.missing()).isZero();
        });
    assertThat(result(events.explain("orders", 1)).cause()).isEqualTo("no-event");
  }

  private static void questionsNeedFewRights(JsonObject redis, Server one, Server other) {
    for (var user : List.of(API, BOTH)) {
      one.deploy(as(one, redis, API));
      other.deploy(as(other, redis, user));
      assertKnows(one.events(), 2);
      assertKnows(other.events(), 2);
      one.undeploy();
      other.undeploy();
    }
  }

  @Test
  @OwnRedis({})
  void questionsToAllServersNeedFewRights(Server one, Server other) {
    var redis = one.redis();
    RedisRecipes.ONE_SERVER.apply(redis);
    one.deploy(as(one, at(one), API));
    other.deploy(as(other, at(one), BOTH));
    assertKnows(one.events(), 1); // without the rights
    assertKnows(other.events(), 1);
    one.undeploy();
    other.undeploy();
    RedisRecipes.SERVERS.addTo(redis);
    assertTable(redis, false, SERVERS_TABLE);
    questionsNeedFewRights(at(one), one, other);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(names = {"BROADCAST", "SHARDED"})
  void questionsNeedFewRightsInACluster(RedisRecipes recipes, Server one, Server other) {
    var isSharded = recipes == RedisRecipes.SHARDED;
    try (var cluster = new TestCluster(3, 0)) {
      for (var node : cluster.nodes()) {
        recipes.apply(node);
        (isSharded ? RedisRecipes.SHARDED_SERVERS : RedisRecipes.SERVERS).addTo(node);
        assertTable(node, isSharded, SERVERS_TABLE);
      }
      var pubsub = RedisServerOptions.PubSub.valueOf(recipes.name());
      questionsNeedFewRights(cluster.options(pubsub, 0).toJson(), one, other);
      cluster.checkNothingIsLeft();
    }
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(names = {"BROADCAST", "SHARDED"})
  void jobsNeedFewRightsInACluster(RedisRecipes recipes, Server api, Server worker) {
    var isSharded = recipes == RedisRecipes.SHARDED;
    try (var cluster = new TestCluster(3, 0)) {
      for (var node : cluster.nodes()) {
        recipes.apply(node);
        (isSharded ? RedisRecipes.SHARDED_JOBS : RedisRecipes.JOBS).addTo(node);
        assertTable(node, isSharded, JOBS_TABLE);
      }
      var pubsub = RedisServerOptions.PubSub.valueOf(recipes.name());
      jobsWork(cluster.options(pubsub, 0).toJson(), NAMES, api, worker);
      cluster.checkNothingIsLeft();
    }
  }

  @Test
  @OwnRedis({})
  void whoMayNotAskWhoSubscribesCannotRequireAWorkerAndAllElseWorks(Server api, Server worker) {
    RedisRecipes.ONE_SERVER.apply(api.redis());
    RedisRecipes.JOBS.addTo(api.redis());
    for (var user : List.of(API, WORKER)) {
      api.redis().command("ACL", "SETUSER", user, "-pubsub|numsub");
    }
    var waiting = deployForJobs(api, at(api), API);
    var working = deployForJobs(worker, at(api), WORKER);
    var held = new LinkedBlockingQueue<ClaimedJob>();
    var never = Promise.<String>promise();
    var doing =
        working.work(
            "orders",
            working.jobList("orders"),
            WorkOptions.DEFAULT.concurrency(3),
            job -> {
              if (job.id().equals("1")) {
                return Future.succeededFuture("done");
              }
              held.add(job);
              return never.future();
            });
    result(doing.ready());
    assertThat(failure(request(waiting, "orders", 1, NEEDING)))
        .isInstanceOfSatisfying(
            UnavailableException.class,
            failure -> assertThat(failure.cause()).isEqualTo(Cause.REDIS_REFUSED));
    assertThat(result(request(waiting, "orders", 1, WATCHING)).get(0)).isEqualTo("done");
    for (var options : List.of(WATCHING, WATCHING.direct(true))) {
      var unwanted = waiting.listen("orders", "held", options, waiting.jobList("orders")::push);
      Await.until(() -> !held.isEmpty());
      unwanted.cancel();
      result(held.remove().cancelled());
    }
    never.complete("too late");
    result(doing.close());
  }

  @Test
  void whoMayNotAskForTheLinksOfAClusterCannotProveThatNothingCame(Server api) {
    try (var cluster = new TestCluster(2, 0)) {
      for (var node : cluster.nodes()) {
        RedisRecipes.BROADCAST.apply(node);
        node.command("ACL", "SETUSER", API, "-cluster|links");
      }
      var redis = cluster.options(RedisServerOptions.PubSub.BROADCAST, 0).toJson();
      api.deploy(as(api, redis, API));
      assertThat(failure(api.events().on("orders", 1, 100)))
          .isInstanceOf(UnavailableException.class);
      api.undeploy();
      cluster.checkNothingIsLeft();
    }
  }

  @Test
  @OwnRedis({})
  void anEmitThatMayNotBePublishedLeavesNothing(Server server) {
    var redis = server.redis();
    RedisRecipes.ONE_SERVER.apply(redis);
    loadFunction(redis);
    redis.command("ACL", "SETUSER", WORKER, "allkeys");
    server.deploy(as(server, at(server), WORKER));
    assertRefused(server.events().emit(KEPT, "users", 1));
    assertRefused(server.events().emit(KEPT.idempotencyKey("k"), "users", 1));
    assertThat(redis.command("DBSIZE").toInteger()).isZero();
  }

  @Test
  @OwnRedis({})
  void aWatchingRequestWhoseInboxMayNotBeSubscribedLeavesNothing(Server api) {
    var redis = api.redis();
    redis.command("ACL", "SETUSER", API, "on", ">" + API, "+@all", "allkeys");
    redis.command("ACL", "SETUSER", API, "resetchannels", "&orders:*", "&$inbox:$*");
    api.deploy(as(api, at(api), API));
    assertRefused(api.events().request("orders", 1, WATCHING, job -> Future.succeededFuture()));
    Await.until(() -> redis.channels().isEmpty());
  }

  @Test
  @OwnRedis({})
  void whoMayNotLoadTheFunctionIsToldThatItIsMissingAndGoesOnOnceItIsThere(Server server) {
    RedisRecipes.ONE_SERVER.apply(server.redis());
    server.deploy(as(server, at(server), WORKER));
    var events = server.events();
    var once = KEPT.idempotencyKey("k");
    assertThat(failure(events.emit(once, "orders", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("Not emitted: an administrator has to load the Redis Function")
        .hasMessageContaining("NOPERM");
    assertThat(result(events.emit(KEPT, "orders", 1))).isZero();
    loadFunction(server.redis());
    assertThat(result(events.emit(once, "orders", 1))).isZero();
  }

  @Test
  @OwnRedis({})
  void aReplyOfAnotherNameDoesNotEndADirectWait(Server api, Server worker) {
    var redis = api.redis();
    RedisRecipes.ONE_SERVER.apply(redis);
    redis.command("ACL", "SETUSER", "any", "on", ">any", "+@all", "allkeys", "allchannels");
    api.deploy(as(api, at(api), "any").setListen(true));
    worker.deploy(as(worker, at(worker), WORKER));
    var thief = worker.events();
    var replyTo = Promise.<String>promise();
    var answered =
        api.events()
            .requestDirect("users", 7, inbox -> Future.succeededFuture(replyTo.tryComplete(inbox)));
    var inbox = result(replyTo.future());
    assertRefused(thief.reply(inbox, "users", 7, "forged"));
    assertRefused(thief.reply(inbox, "orders", 7, "forged"));
    result(api.events().reply(inbox, "users", 7, "true"));
    assertThat(result(answered).get(0)).isEqualTo("true");
  }
}
