package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCertificate;
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
import java.util.concurrent.CompletableFuture;
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

  /** What the README says that an API server and a worker need, for events "orders". */
  private static final String[] API = {
    "on",
    ">api",
    "-@all",
    "+ping",
    "+hello",
    "+publish",
    "+subscribe",
    "+unsubscribe",
    "+get",
    "~$retained:{orders*",
    "&orders*",
    "&$progress:orders*",
    "&$inbox:*"
  };

  private static final String[] WORKER = {
    "on",
    ">worker",
    "-@all",
    "+ping",
    "+hello",
    "+publish",
    "+multi",
    "+exec",
    "+set",
    "+get",
    "+eval",
    "~$retained:{orders*",
    "~$idempotency:{orders*",
    "&orders*",
    "&$progress:orders*",
    "&$inbox:*"
  };

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

  private static void user(TestRedis redis, String name, String[] rules) {
    var args = new Object[rules.length + 2];
    args[0] = "SETUSER";
    args[1] = name;
    System.arraycopy(rules, 0, args, 2, rules.length);
    redis.command("ACL", args);
  }

  @Test
  @OwnRedis({})
  void withTheLeastRightsEverythingWorksAndNothingElseDoes(Server api, Server worker) {
    user(api.redis(), "api", API);
    user(api.redis(), "worker", WORKER);
    api.deploy(as(api, "api"));
    worker.deploy(as(worker, "worker").setListen(false));
    var waiting = api.events();
    var emitting = worker.events();

    var wait = waiting.listen("orders", 1);
    var stream = waiting.stream("orders", 2);
    result(wait.subscribed());
    result(stream.subscribed());
    result(emitting.emit("orders", 1, "result"));
    assertThat(result(wait.future()).get(0)).isEqualTo("result");
    assertThat(result(emitting.emitProgress("orders", 2, 50))).isEqualTo(1);
    stream.close();
    result(emitting.emit(KEPT, "orders", 3, "kept"));
    assertThat(result(waiting.on("orders", 3, RETAINED)).get(0)).isEqualTo("kept");
    assertThat(result(emitting.emit(KEPT.idempotencyKey("k"), "orders", 4))).isZero();
    var direct =
        waiting.requestDirect(
            "orders", 5, replyTo -> emitting.reply(replyTo, "orders", 5, "direct"));
    assertThat(result(direct).get(0)).isEqualTo("direct");
    assertThat(result(waiting.emit("orders", 6))).isZero();

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
    mayNotSubscribe(worker);
    api.undeploy();
    worker.undeploy();
  }

  /** Not even without us. */
  private static void mayNotSubscribe(Server worker) {
    var options =
        new RedisOptions()
            .setConnectionString(worker.redis().url())
            .setUser("worker")
            .setPassword("worker");
    var client = Redis.createClient(worker.vertx(), options);
    var connection = result(client.connect());
    var refused = new CompletableFuture<String>();
    connection.handler(message -> refused.complete(message.toString()));
    connection
        .send(Request.cmd(Command.SUBSCRIBE).arg("orders:1"))
        .onFailure(cause -> refused.complete(cause.getMessage()));
    Await.until(refused::isDone);
    assertThat(refused.join()).contains("NOPERM");
    result(client.close());
  }

  @Test
  void theReadmeSaysTheseRights() throws IOException {
    var readme = Files.readString(Path.of("README.md"));
    for (var rules : new String[][] {API, WORKER}) {
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
