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
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCertificate;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** TLS with files of one's own, passwords from files, and rights that are revoked. */
@OnlyOnRedis("It is about TLS, passwords and rights.")
@ExtendWith(ServerExtension.class)
class RedisSecurityTest {

  @Tag("long")
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

  /** Redis closes the connection of who subscribes what he may no more. */
  @Test
  @OwnRedis({})
  void aRevokedRightFailsItsWaitsAtOnceAndNoOthers(Server server) {
    var redis = server.redis();
    RedisRecipes.ONE_SERVER.apply(redis);
    redis.command("ACL", "SETUSER", "orders-both", "&users*");
    server.deploy(as(server, "orders-both"));
    var events = server.events();
    var orders = Server.listen(events, "orders", 1_000, WaitOptions.DEFAULT.timeout(60_000));
    var users = Server.listen(events, "users", 1_000, WaitOptions.DEFAULT.timeout(60_000));
    var before = connectionsReceived(redis);
    RedisRecipes.ONE_SERVER.apply(redis);
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
  void oneThatOnlyEmitsIsMadeAgainAfterABreak(Server server) {
    server.deploy(server.options().setListen(false).setHeartbeat(100));
    assertThat(server.redis().connections()).hasSize(1);
    server.redis().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    Await.until(() -> server.redis().connections().size() == 1);
    assertThat(result(server.events().emit("a", 1))).isZero();
    assertThat(server.events().health().heartbeat()).isTrue();
  }
}
