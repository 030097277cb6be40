package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.LeastRights;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCertificate;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS with files of one's own, passwords from files, and users who may do no more than they must.
 */
@ExtendWith(ServerExtension.class)
class RedisSecurityTest {

  private static final EmitOptions KEPT = EmitOptions.retain(Duration.ofMinutes(1));
  private static final WaitOptions RETAINED = WaitOptions.DEFAULT.retained(true);

  @Test
  @OwnRedis({"--requirepass", "secret"})
  void ownFilesMakeTheConnectionTrusted(Server server, @TempDir Path directory) throws Exception {
    var certificate = TestCertificate.create(directory);
    var password = Files.writeString(directory.resolve("password"), "secret\n").toString();
    try (var proxy = TcpProxy.withTlsOnBothSides(server.redis(), certificate)) {
      var redis =
          new JsonObject()
              .put("endpoints", new JsonArray().add("rediss://localhost:" + proxy.port()))
              .put("passwordFile", password)
              .put("caFile", certificate.certificateFile())
              .put("certificateFile", certificate.certificateFile())
              .put("keyFile", certificate.keyFile());
      server.deploy(options(server, redis));
      assertThat(result(server.events().emit("a", 1))).isZero();
      server.undeploy();

      var address =
          redis.copy().put("endpoints", new JsonArray().add("rediss://127.0.0.1:" + proxy.port()));
      server.deploy(options(server, address.copy().put("verifyHost", false)));
      server.undeploy();

      var untrusting = redis.copy();
      untrusting.remove("caFile");
      var anonymous = redis.copy();
      anonymous.remove("keyFile");
      anonymous.remove("certificateFile");
      var noFile = redis.copy().put("passwordFile", directory.resolve("none").toString());
      for (var wrong : new JsonObject[] {address, untrusting, anonymous, noFile}) {
        var options = options(server, wrong);
        assertThat(failure(server.vertx().deployVerticle(new ServerEventsVerticle(options))))
            .isInstanceOf(UnavailableException.class)
            .hasMessageNotContaining("secret");
      }
    }
  }

  private static ServerEventsOptions options(Server server, JsonObject redis) {
    return server.options().setRedis(new RedisServerOptions(redis));
  }

  private static ServerEventsOptions as(Server server, String user) {
    var redis =
        new JsonObject()
            .put("connectionString", server.redis().url())
            .put("user", user)
            .put("password", user);
    return options(server, redis);
  }

  private static void user(TestRedis redis, String name, List<String> rules) {
    redis.command("ACL", Stream.concat(Stream.of("SETUSER", name), rules.stream()).toArray());
  }

  /** The same rights in a cluster with sharded Pub/Sub. */
  private static List<String> sharded(List<String> rules) {
    return Stream.of(
            rules.stream().filter(rule -> !rule.matches("\\+(publish|subscribe|unsubscribe)")),
            LeastRights.IN_CLUSTER.stream(),
            LeastRights.SHARDED.stream()
                .filter(rule -> rules.equals(LeastRights.API) || rule.equals("+spublish")))
        .flatMap(rule -> rule)
        .toList();
  }

  @Test
  @OwnRedis({})
  void withTheLeastRightsEverythingWorksAndNothingElseDoes(Server api, Server worker) {
    user(api.redis(), "api", LeastRights.API);
    user(api.redis(), "worker", LeastRights.WORKER);
    api.deploy(as(api, "api"));
    worker.deploy(as(worker, "worker").setListen(false));
    everythingWorks(api.events(), worker.events(), 1);
    nothingElseDoes(api.events(), worker.events());
    mayNotSubscribe(worker, worker.redis(), Command.SUBSCRIBE);
    api.undeploy();
    worker.undeploy();
  }

  @Test
  void theSameHoldsInACluster(Server api, Server worker) {
    try (var cluster = new TestCluster(3, 0)) {
      for (var node : cluster.nodes()) {
        user(node, "api", sharded(LeastRights.API));
        user(node, "worker", sharded(LeastRights.WORKER));
      }
      api.deploy(as(api, cluster, "api"));
      worker.deploy(as(worker, cluster, "worker").setListen(false));
      IntStream.range(0, 20).forEach(i -> everythingWorks(api.events(), worker.events(), 10 * i));
      nothingElseDoes(api.events(), worker.events());
      cluster.nodes().forEach(node -> mayNotSubscribe(worker, node, Command.SSUBSCRIBE));
      api.undeploy();
      worker.undeploy();
      cluster.checkNothingIsLeft();
    }
  }

  private static ServerEventsOptions as(Server server, TestCluster cluster, String user) {
    var redis = cluster.options(RedisServerOptions.PubSub.SHARDED, 0).toJson();
    return options(server, redis.put("user", user).put("password", user));
  }

  private static void everythingWorks(ServerEvents waiting, ServerEvents emitting, int id) {
    var wait = waiting.listen("orders", id);
    var stream = waiting.stream("orders", id + 1);
    result(wait.subscribed());
    result(stream.subscribed());
    result(emitting.emit("orders", id, "result"));
    assertThat(result(wait.future()).get(0)).isEqualTo("result");
    assertThat(result(emitting.emitProgress("orders", id + 1, 50))).isEqualTo(1);
    stream.close();
    result(emitting.emit(KEPT, "orders", id + 2, "kept"));
    assertThat(result(waiting.on("orders", id + 2, RETAINED)).get(0)).isEqualTo("kept");
    assertThat(result(emitting.emit(KEPT.idempotencyKey("k"), "orders", id + 3))).isZero();
    var direct =
        waiting.requestDirect(
            "orders", id + 4, replyTo -> emitting.reply(replyTo, "orders", id + 4, "direct"));
    assertThat(result(direct).get(0)).isEqualTo("direct");
    assertThat(result(waiting.emit("orders", id + 5))).isZero();
  }

  private static void nothingElseDoes(ServerEvents waiting, ServerEvents emitting) {
    assertThat(failure(waiting.emit("users", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Redis refused the emit");
    assertThat(failure(waiting.on("users", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Redis refuses to subscribe");
    assertThat(failure(emitting.emit("users", 1))).isInstanceOf(UnavailableException.class);
    assertThat(failure(emitting.on("orders", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("The ServerEventsVerticle only emits (listen)");
    assertThat(emitting.isReady()).isTrue();
  }

  /** Not even without us. */
  private static void mayNotSubscribe(Server worker, TestRedis redis, Command subscribe) {
    var options =
        new RedisOptions().setConnectionString(redis.url()).setUser("worker").setPassword("worker");
    var client = Redis.createClient(worker.vertx(), options);
    var connection = result(client.connect());
    var refused = new CompletableFuture<String>();
    connection.handler(message -> refused.complete(message.toString()));
    connection
        .send(Request.cmd(subscribe).arg("orders:1"))
        .onFailure(cause -> refused.complete(cause.getMessage()));
    Await.until(refused::isDone);
    assertThat(refused.join()).contains("NOPERM");
    result(client.close());
  }

  /** Redis closes the connection of who subscribes what he may no more. */
  @Test
  @OwnRedis({})
  void aRevokedRightFailsItsWaitsAtOnceAndNoOthers(Server server) {
    var redis = server.redis();
    user(redis, "api", Stream.concat(LeastRights.API.stream(), Stream.of("&users*")).toList());
    server.deploy(as(server, "api"));
    var events = server.events();
    var orders = Server.listen(events, "orders", 1_000, WaitOptions.DEFAULT.timeout(60_000));
    var users = Server.listen(events, "users", 1_000, WaitOptions.DEFAULT.timeout(60_000));
    var before = connectionsReceived(redis);
    user(
        redis, "api", Stream.concat(Stream.of("resetchannels"), LeastRights.API.stream()).toList());
    for (var wait : users) {
      assertThat(failure(wait.future()))
          .isInstanceOf(UnavailableException.class)
          .hasMessageStartingWith("Redis refuses to subscribe: NOPERM");
    }
    Await.until(() -> redis.channels().size() == orders.size());
    assertThat(connectionsReceived(redis) - before).isEqualTo(1);
    for (var id = 0; id < orders.size(); id++) {
      result(events.emit("orders", id, id));
      assertThat(result(orders.get(id).future()).get(0)).isEqualTo(id);
    }
  }

  private static long connectionsReceived(TestRedis redis) {
    return redis
        .command("INFO", "stats")
        .toString()
        .lines()
        .filter(line -> line.startsWith("total_connections_received:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theReadmeSaysTheseRights() throws IOException {
    var readme = Files.readString(Path.of("README.md"));
    for (var rules : List.of(LeastRights.IN_CLUSTER, LeastRights.SHARDED)) {
      assertThat(readme).contains("`" + String.join(" ", rules) + "`");
    }
    for (var rules : List.of(LeastRights.API, LeastRights.WORKER)) {
      assertThat(readme).contains(String.join(" ", rules).replaceFirst(">\\w+", ">..."));
    }
  }

  @Test
  void oneThatOnlyEmitsIsMadeAgainAfterABreak(Server server) {
    server.deploy(server.options().setListen(false).setHeartbeat(100));
    assertThat(server.redis().connections()).hasSize(1);
    server.redis().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    Await.until(() -> server.redis().connections().size() == 1);
    assertThat(result(server.events().emit("a", 1))).isZero();
    assertThat(server.events().health().heartbeat()).isTrue();
  }
}
