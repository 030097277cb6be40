package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.RedisRecipes;
import dev.serverevents.testing.RetainedCycles;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.testing.TestSentinels;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sentinels, and masters that are killed or step down. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class SentinelIT {

  private static final int CYCLES = 10_000;
  private static final WaitOptions MINUTE = WaitOptions.DEFAULT.timeout(60_000).retained(true);
  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(60));

  private static void deploy(Server server, TestSentinels sentinels) {
    deploy(server, sentinels.options());
  }

  private static void deploy(Server server, RedisServerOptions redis) {
    server.deploy(server.options().setRedis(redis).setEmitTimeout(60_000));
  }

  /** Kills the master in the middle of cycles. */
  private static void killDuringCycles(
      TestSentinels sentinels, ServerEvents api, ServerEvents worker, String name) {
    new RetainedCycles(api, worker, name)
        .run(
            CYCLES,
            () -> {
              var killed = sentinels.master();
              killed.kill();
              var at = System.nanoTime();
              Await.until(() -> sentinels.master() != killed);
              Figures.print("failed over within %,d ms".formatted(Figures.msSince(at)));
              var over = System.nanoTime();
              Await.until(() -> api.isReady() && worker.isReady());
              Figures.print("both are back %,d ms later".formatted(Figures.msSince(over)));
              killed.restart();
              killed.awaitServing();
            });
  }

  @Test
  void jobsOutliveTwoFailovers(Server api, Server worker) {
    try (var sentinels = new TestSentinels()) {
      deploy(api, sentinels);
      deploy(worker, sentinels);
      var waiting = api.events();
      var emitting = worker.events();
      killDuringCycles(sentinels, waiting, emitting, "first");
      sentinels.awaitComplete();
      killDuringCycles(sentinels, waiting, emitting, "second");
      Await.until( // Sentinels have a channel of theirs there
          () -> sentinels.master().channels().stream().allMatch(c -> c.startsWith("__sentinel__")));
      api.undeploy();
      worker.undeploy();
    }
  }

  @Test
  void aMasterThatStepsDownIsLeftThoughItGoesOn(Server server) {
    try (var sentinels = new TestSentinels()) {
      deploy(server, sentinels);
      var events = server.events();
      var wait = events.listen("a", 1, MINUTE);
      result(wait.subscribed());
      var old = sentinels.master();
      sentinels.failOver();
      Await.until(() -> sentinels.master() != old && isSubscribed(old, "a:1", false));
      Await.until(events::isReady);
      Await.until(() -> isSubscribed(sentinels.master(), "a:1", true));
      result(events.emit("a", 1, "after"));
      assertThat(result(wait.future()).get(0)).isEqualTo("after");
      server.undeploy();
    }
  }

  @Test
  void aListOfJobsGoesOnAtTheNewMaster(Server api, Server worker) {
    try (var sentinels = new TestSentinels()) {
      deploy(api, sentinels);
      deploy(worker, sentinels);
      var jobs = api.events().jobList("job");
      var working = worker.events().work("job", job -> Future.succeededFuture(job.id()));
      result(working.ready());
      assertThat(result(api.events().request("job", 1, MINUTE, jobs::push)).get(0)).isEqualTo("1");
      var old = sentinels.master();
      sentinels.failOver();
      Await.until(() -> sentinels.master() != old);
      Await.until(() -> api.events().isReady() && worker.events().isReady());
      Await.until(() -> answersAJob(api.events()));
      result(working.close());
      assertThat(result(jobs.holders())).isEmpty();
      api.undeploy();
      worker.undeploy();
    }
  }

  /** The first push may find out that the old master is none any more. */
  private static boolean answersAJob(ServerEvents events) {
    var jobs = events.jobList("job");
    return result(
            events
                .request("job", UUID.randomUUID().toString(), MINUTE, jobs::push)
                .transform(Future::succeededFuture))
        .succeeded();
  }

  /** A Redis that is promoted, or demoted, closes its connections, the test's own as well. */
  private static boolean isSubscribed(TestRedis redis, String channel, boolean expected) {
    try {
      return redis.channels().contains(channel) == expected;
    } catch (Exception closed) {
      return false;
    }
  }

  @Test
  void theLeastRightsAreEnoughBeforeAndAfterAFailover(Server api, Server worker) {
    try (var sentinels = new TestSentinels()) {
      sentinels.redises().forEach(RedisRecipes.ONE_SERVER::apply);
      RedisRecipes.SENTINEL.apply(sentinels::command);
      sentinels.command("ACL", "SETUSER", "nobody", "on", ">nobody", "-@all", "+ping", "+hello");
      var master = sentinels.master();
      master.command("FUNCTION", "LOAD", "REPLACE", RedisRecipes.FUNCTION);
      deploy(api, sentinels.options("orders-api", "orders-sentinel"));
      worker.deploy(
          worker
              .options()
              .setRedis(sentinels.options("orders-worker", "orders-sentinel"))
              .setEmitTimeout(60_000)
              .setListen(false));
      everythingWorks(api.events(), worker.events(), "before");
      sentinels.failOver();
      Await.until(() -> sentinels.master() != master);
      Await.until(() -> api.events().isReady() && worker.events().isReady());
      everythingWorks(api.events(), worker.events(), "after");
      api.undeploy();
      worker.undeploy();
      var refused = api.options().setRedis(sentinels.options("orders-api", "nobody"));
      assertThat(Await.failure(api.vertx().deployVerticle(new ServerEventsVerticle(refused))))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("sentinel|get-master-addr-by-name");
    }
  }

  private static void everythingWorks(ServerEvents api, ServerEvents worker, String id) {
    result(worker.emit(RETAIN.idempotencyKey("k"), "orders", id, "kept"));
    assertThat(result(api.on("orders", id, MINUTE)).get(0)).isEqualTo("kept");
    var direct =
        api.requestDirect(
            "orders", id + "2", replyTo -> worker.reply(replyTo, "orders", id + "2", "direct"));
    assertThat(result(direct).get(0)).isEqualTo("direct");
  }

  @Test
  void aSentinelThatIsDownIsPassedOverAndAnUnknownMasterIsNamed(Server server) {
    try (var sentinels = new TestSentinels()) {
      sentinels.killOneSentinel();
      deploy(server, sentinels);
      assertThat(result(server.events().emit("a", 1))).isZero();
      var json = sentinels.options().toJson().put("masterName", "nobody");
      var unknown = server.options().setRedis(new RedisServerOptions(json));
      assertThat(Await.failure(server.vertx().deployVerticle(new ServerEventsVerticle(unknown))))
          .isInstanceOf(UnavailableException.class)
          .hasMessage(
              "No Sentinel of redis.endpoints knows the master \"nobody\": it is unknown there");
      server.undeploy();
    }
  }

  @Test
  void anEmitThatNoReplicaHasInTimeFails(Server server) {
    server.deploy(
        server
            .options()
            .setRedis(
                new RedisServerOptions(
                    new JsonObject()
                        .put("connectionString", server.redis().url())
                        .put("replicas", 1))));
    assertThat(Await.failure(server.events().emit(RETAIN, "a", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("Redis has the event, but only 0 of 1 replicas have it (redis.replicas)");
    assertThat(result(server.events().emit("a", 1))).isZero();
  }
}
