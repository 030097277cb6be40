package dev.serverevents.internal.redis;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.RedisContainer;
import dev.serverevents.testing.RedisPlace;
import dev.serverevents.testing.RedisRecipes;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestCertificate;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.testing.TestSentinels;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis in containers, where a Docker engine answers: each topology, and a fault in it. */
@ExtendWith(ServerExtension.class)
class ContainerRedisIT {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(60));
  private static final WaitOptions RETAINED = WaitOptions.DEFAULT.timeout(60_000).retained(true);

  /** They are the page's, but that nobody else is there to load the Redis Function. */
  private static final Map<String, String> USERS =
      Map.of(
          "users.acl",
          "user default off\n"
              + RedisRecipes.ONE_SERVER.file().replace(" +fcall", " +fcall +function|load"));

  @BeforeEach
  void dockerMustAnswer() {
    Programs.assume(
        RedisContainer.isPossible(),
        "no Docker engine answers on this machine, so Redis in containers is not tested");
  }

  private static void everythingWorks(ServerEvents api, ServerEvents worker, int id) {
    var wait = api.request("orders", id, () -> worker.emit("orders", id, "result"));
    assertThat(result(wait).get(0)).isEqualTo("result");
    result(worker.emit(RETAIN, "orders", id, "kept"));
    assertThat(result(api.on("orders", id, RETAINED)).get(0)).isEqualTo("kept");
    result(worker.emit(RETAIN.idempotencyKey("k"), "orders", id + 1));
    var direct =
        api.requestDirect("orders", id, to -> worker.reply(RETAIN, to, "orders", id, "direct"));
    assertThat(result(direct).get(0)).isEqualTo("direct");
  }

  @Test
  void oneServerWithTlsAndUsers(Server api, Server worker, @TempDir Path directory)
      throws Exception {
    Programs.assume(
        RedisContainer.hasTls(), "no redis-server with TLS is here to make an image of");
    var certificate = TestCertificate.create(directory);
    var files =
        new HashMap<>(
            Map.of(
                "cert.pem", Files.readString(Path.of(certificate.certificateFile())),
                "key.pem", Files.readString(Path.of(certificate.keyFile()))));
    files.putAll(USERS);
    var redis =
        TestRedis.start(
            RedisPlace.CONTAINER,
            files,
            "--tls-port PORT --tls-cert-file cert.pem --tls-key-file key.pem --tls-ca-cert-file cert.pem --aclfile users.acl"
                .split(" "));
    try (redis) {
      var settings =
          new JsonObject()
              .put("endpoints", new JsonArray().add("rediss://localhost:" + redis.port()))
              .put("caFile", certificate.certificateFile())
              .put("certificateFile", certificate.certificateFile())
              .put("keyFile", certificate.keyFile());
      api.deploy(as(api, settings, "orders-api"));
      worker.deploy(as(worker, settings, "orders-worker").setListen(false));
      everythingWorks(api.events(), worker.events(), 1);
      assertThat(failure(api.events().on("users", 1))).isInstanceOf(UnavailableException.class);
      assertThat(failure(worker.events().emit("users", 1)))
          .isInstanceOf(UnavailableException.class);
      api.undeploy();
      worker.undeploy();
    }
  }

  private static ServerEventsOptions as(Server server, JsonObject redis, String user) {
    return server
        .options()
        .setRedis(new RedisServerOptions(redis.copy().put("user", user).put("password", user)));
  }

  @Test
  void sentinelsWhoseMasterIsKilled(Server api, Server worker) {
    try (var sentinels = new TestSentinels(RedisPlace.CONTAINER)) {
      api.deploy(api.options().setRedis(sentinels.options()));
      worker.deploy(worker.options().setRedis(sentinels.options()).setEmitTimeout(60_000));
      everythingWorks(api.events(), worker.events(), 1);
      var wait = api.events().listen("orders", 5, RETAINED);
      result(wait.subscribed());
      var killed = sentinels.master();
      killed.kill();
      Await.until(() -> sentinels.master() != killed);
      Await.until(() -> api.events().isReady() && worker.events().isReady());
      everythingWorks(api.events(), worker.events(), 10);
      result(worker.events().emit(RETAIN, "orders", 5, "after"));
      assertThat(result(wait.future()).get(0)).isEqualTo("after");
      api.undeploy();
      worker.undeploy();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClusterWhoseMasterIsKilled(PubSub pubsub, Server api, Server worker) {
    try (var cluster = new TestCluster(RedisPlace.CONTAINER, 3, 1)) {
      api.deploy(api.options().setRedis(cluster.options(pubsub, 1)));
      worker.deploy(worker.options().setRedis(cluster.options(pubsub, 0)).setEmitTimeout(60_000));
      var waits = Server.listen(api.events(), "orders", 60, RETAINED);
      var killed = cluster.masters().get(0);
      killed.kill();
      Await.until(() -> !cluster.masters().contains(killed));
      Await.until(() -> api.events().isReady() && worker.events().isReady());
      for (var id = 0; id < waits.size(); id++) {
        result(worker.events().emit(RETAIN, "orders", id, id));
        assertThat(result(waits.get(id).future()).get(0)).isEqualTo(id);
      }
      everythingWorks(api.events(), worker.events(), 100);
      api.undeploy();
      worker.undeploy();
      killed.restart();
      killed.awaitServing();
      cluster.awaitComplete();
      cluster.checkNothingIsLeft();
    }
  }
}
