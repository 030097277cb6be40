package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.failureText;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors that Redis answers with, for good or for a while, on connections that work. */
@OnlyOnRedis("It is about errors that Redis answers with, each to some commands alone.")
@ExtendWith(ServerExtension.class)
class RefusalsTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofMinutes(1));

  @Test
  @OwnRedis
  void anErrorIsNeverTakenForABrokenConnectionWhateverItSays(Server server) {
    server.redis().command("ACL", "SETUSER", "default", "resetchannels", "&$inbox:*", "&ok:*");
    try (var proxy = TcpProxy.before(server.redis())) {
      proxy.rewriteAnswers(
          answer ->
              Buffer.buffer(
                  answer.toString("ISO-8859-1").replace("permissions", "aException!"),
                  "ISO-8859-1"));
      server.deploy(server.options().setConnectionString(proxy.url()).setEmitTimeout(3_000));
      var events = server.events();
      assertThat(failure(events.emit("secret", 1)))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("refused")
          .hasMessageContaining("aException!");
      assertThat(failure(events.emit(RETAIN, "secret", 1))).hasMessageContaining("refused");
      assertThat(result(events.emit("ok", 1))).isZero();
      assertThat(result(events.emit(RETAIN, "ok", 1))).isZero();
      assertThat(proxy.connections()).isEqualTo(2);
      server.undeploy();
    }
  }

  @Tag("long")
  @Test
  @OwnRedis
  void aRefusedInboxIsAskedForLessAndLessOften(Server server) {
    var redis = server.redis();
    redis.command("ACL", "SETUSER", "api", "on", "nopass", "~*", "&*", "+@all");
    try (var proxy = TcpProxy.before(redis)) {
      server.deploy(
          server.options().setConnectionString("redis://api:any@127.0.0.1:" + proxy.port()));
      var before = proxy.connections();
      redis.command("ACL", "SETUSER", "api", "resetchannels", "&orders*");
      var began = System.nanoTime();
      Await.until(() -> System.nanoTime() - began > TimeUnit.SECONDS.toNanos(5));
      assertThat(proxy.connections() - before).isBetween(2, 30); // it was 147
      redis.command("ACL", "SETUSER", "api", "&*");
      Await.until(server.events()::isReady);
      server.undeploy();
    }
  }

  @Test
  @OwnRedis
  void aChannelThatCouldNotBeUnsubscribedIsUnsubscribedOnceItMay(Server server) {
    var redis = server.redis();
    server.deploy();
    var events = server.events();
    var wait = events.listen("stays", 1);
    var others = Server.listen(events, "others", 20, WaitOptions.DEFAULT);
    result(wait.subscribed());
    redis.command("ACL", "SETUSER", "default", "-unsubscribe");
    wait.cancel();
    others.forEach(EventWait::cancel);
    assertThat(failure(wait.future())).isInstanceOf(WaitCancelledException.class);
    result(events.emit("turn", 1));
    redis.command("ACL", "SETUSER", "default", "+unsubscribe");
    Await.until(() -> redis.channels().isEmpty());
  }

  @Test
  @OwnRedis
  void aServerThatMayNotPublishIsNotReadyAllTheTimeAndSaysWhy(Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis)) {
      server.deploy(server.options().setConnectionString(proxy.url()).setHeartbeat(400));
      var events = server.events();
      redis.command("ACL", "SETUSER", "default", "-publish");
      Await.until(() -> !events.isReady());
      var began = System.nanoTime();
      var ready = new AtomicInteger();
      Await.until(
          () -> {
            ready.addAndGet(events.isReady() ? 1 : 0);
            return System.nanoTime() - began > TimeUnit.SECONDS.toNanos(2);
          });
      assertThat(ready).as("times that it was ready").hasValue(0);
      assertThat(proxy.connections()).as("connections").isEqualTo(2);
      assertThat(events.health().refusal()).isEqualTo("NOPERM");
      redis.command("ACL", "SETUSER", "default", "+publish");
      Await.until(events::isReady);
      assertThat(events.health().refusal()).isNull();
      server.undeploy();
    }
  }

  private static Future<?> beBusy(TestRedis redis) {
    redis.command("CONFIG", "SET", "busy-reply-threshold", 50);
    return redis.later("EVAL", "while true do end", 0);
  }

  @Test
  @OwnRedis
  void whatRedisCannotDoForAWhileIsTriedAgain(Server server) {
    var redis = server.redis();
    server.deploy(server.options().setHeartbeat(60_000));
    var events = server.events();
    result(events.emit(RETAIN, "kept", 1, "x"));
    var script = beBusy(redis);
    Await.until(redis::isBusy);
    var emit = events.emit("busy", 1);
    var retained = events.emit(RETAIN, "busy", 2);
    var idempotent = events.emit(EmitOptions.DEFAULT.idempotencyKey("k"), "busy", 3);
    var wait = events.on("late", 1, WaitOptions.DEFAULT.timeout(30_000));
    var found = events.on("kept", 1, WaitOptions.DEFAULT.timeout(30_000).retained(true));
    assertThat(failureText(events.emit(RETAIN, "counts", 1).timeout(300, TimeUnit.MILLISECONDS)))
        .contains("did not complete");
    redis.killScript();
    failure(script);
    result(Future.all(emit, retained, idempotent));
    assertThat(result(found).get(0)).isEqualTo("x");
    Await.until(() -> redis.channels().contains("late:1"));
    result(events.emit("late", 1));
    result(wait);
  }

  @Test
  @OwnRedis
  void whatRedisCannotDoForTooLongFailsWithItsWords(Server server) {
    var redis = server.redis();
    server.deploy(server.options().setHeartbeat(60_000).setEmitTimeout(500));
    var events = server.events();
    var script = beBusy(redis);
    Await.until(redis::isBusy);
    Await.untilAsserted( // one whose last try is under way at its deadline fails as unanswered
        () ->
            assertThat(failure(events.emit("busy", 1)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("BUSY"));
    assertThat(failure(events.on("busy", 1, 300))).isInstanceOf(UnavailableException.class);
    redis.killScript();
    failure(script);
  }
}
