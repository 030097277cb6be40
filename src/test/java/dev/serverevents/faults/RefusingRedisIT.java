package dev.serverevents.faults;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Redis that answers, and says no. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class RefusingRedisIT {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(10));

  private static void assertRefused(Future<?> emit, String answer) {
    assertThat(failure(emit)).isInstanceOf(UnavailableException.class).hasMessageContaining(answer);
  }

  private static void assertServes(ServerEvents events) {
    result(events.emit(RETAIN, "refused", 1, "kept"));
    var retained = WaitOptions.DEFAULT.retained(true);
    assertThat(result(events.on("refused", 1, retained)).get(0)).isEqualTo("kept");
  }

  private static void config(TestRedis redis, String name, String value) {
    redis.command("CONFIG", "SET", name, value);
  }

  @Test
  @OwnRedis
  void outOfMemoryFailsARetainedEmitAndPublishesNothing(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.listen("refused", 1);
    result(wait.subscribed());
    config(server.redis(), "maxmemory", "1");
    assertRefused(events.emit(RETAIN, "refused", 1), "OOM command not allowed");
    assertThat(wait.future().isComplete()).as("both or neither").isFalse();
    config(server.redis(), "maxmemory", "0");
    assertServes(events);
  }

  @Test
  @OwnRedis({"--save", "3600 1"})
  void aDiskErrorFailsARetainedEmit(Server server) throws IOException {
    server.deploy();
    var events = server.events();
    var redis = server.redis();
    var directory = redis.directory();
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
    redis.command("BGSAVE");
    Await.until(
        () -> redis.command("INFO", "persistence").toString().contains("bgsave_status:err"));
    assertRefused(events.emit(RETAIN, "refused", 1), "MISCONF");
    Files.createDirectory(directory);
    config(redis, "stop-writes-on-bgsave-error", "no");
    assertServes(events);
  }

  @Test
  @OwnRedis
  void aReadOnlyReplicaFailsARetainedEmit(Server server) {
    server.deploy();
    var events = server.events();
    server.redis().command("REPLICAOF", "127.0.0.1", 1);
    assertRefused(events.emit(RETAIN, "refused", 1), "READONLY");
    server.redis().command("REPLICAOF", "NO", "ONE");
    assertServes(events);
  }

  @Test
  @OwnRedis
  void aPasswordThatIsWantedAllOfASuddenFailsTheEmitsThatCannotGoOut(Server server) {
    server.deploy(server.options().setEmitTimeout(1_000));
    var events = server.events();
    var redis = server.redis();
    redis.command("PING");
    config(redis, "requirepass", "secret");
    redis.command("CLIENT", "KILL", "TYPE", "normal");
    Await.until(() -> !events.isReady());
    assertRefused(events.emit("refused", 1), "NOAUTH");
    config(redis, "requirepass", "");
    Await.until(events::isReady);
    assertServes(events);
  }

  @Test
  @OwnRedis({"--appendonly", "yes", "--key-load-delay", "300"})
  void aRedisThatStillLoadsItsDataFailsTheEmitsThatCannotGoOut(Server server) {
    server.deploy(server.options().setEmitTimeout(1_000));
    var events = server.events();
    var redis = server.redis();
    var keys = new ArrayList<Request>();
    for (var i = 0; i < 20_000; i++) { // 300 us each to load, and an answer after each 1,024
      keys.add(Request.cmd(Command.SET).arg("key" + i).arg("value").arg("EX").arg(600));
    }
    redis.transaction(keys);
    var loading = new AtomicBoolean();
    events.onError(
        (store, cause) -> loading.compareAndSet(false, cause.getMessage().contains("LOADING")));
    redis.kill();
    redis.restart();
    Await.until(loading::get);
    assertRefused(events.emit("refused", 1), "LOADING");
    redis.awaitServing();
    Await.until(events::isReady);
    assertServes(events);
  }
}
