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
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@OnBothBackends
class ConnectionTest {

  private static Throwable deployFailure(Server server, ServerEventsOptions options) {
    return failure(server.vertx().deployVerticle(new ServerEventsVerticle(options)));
  }

  @Test
  @OnlyOnRedis("It is about the settings that say where Redis is and who one is there.")
  void theVerticleTakesItsConfigAsJson(Server server) {
    var redis = new JsonObject().put("host", "127.0.0.1").put("port", server.redis().port());
    var config = new JsonObject().put("timeout", 20).put("redis", redis.put("db", 3));
    result(
        server
            .vertx()
            .deployVerticle(ServerEventsVerticle.class, new DeploymentOptions().setConfig(config)));
    assertThat(server.redis().connections()).hasSize(2).allMatch(line -> line.contains(" db=3 "));
    assertThat(server.events().timeout()).isEqualTo(20);
  }

  @Test
  @OnlyOnRedis("It is about the settings that say where Redis is and who one is there.")
  void aUrlIsAllThatADeploymentNeeds(Server server) {
    result(server.vertx().deployVerticle(ServerEventsVerticle.of(server.redis().url())));
    Await.until(() -> server.redis().connections().size() == 2);
    assertThat(server.events().timeout()).isEqualTo(ServerEventsOptions.DEFAULT_TIMEOUT);
    assertThat(result(server.events().emit("a", 1))).isZero();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "localhost:6379", "http://localhost"})
  @OnlyOnRedis("It is about the settings that say where Redis is and who one is there.")
  void whatIsNoUrlOfRedisIsRefusedBeforeTheDeployment(String url) {
    assertThatThrownBy(() -> ServerEventsVerticle.of(url))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("redis.connectionString is ")
        .hasMessageEndingWith(": it must be redis://[user:password@]host[:port][/db] or rediss://");
  }

  @Test
  @OnlyOnRedis("It is about the settings that say where Redis is and who one is there.")
  void aRedisThatRefusesFailsTheDeploymentAndTheNextOneWorks(Server server) {
    var refused =
        deployFailure(server, new ServerEventsOptions().setConnectionString("redis://127.0.0.1:1"));
    assertThat(refused)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Redis at redis://127.0.0.1:1: Connection refused");
    server.deploy();
    assertThat(result(server.events().emit("a", 1))).isZero();
  }

  @Test
  @OwnRedis({"--requirepass", "right"})
  @OnlyOnRedis("It is about the settings that say where Redis is and who one is there.")
  void aWrongPasswordFailsTheDeploymentWithoutShowingIt(Server server) {
    var address = "127.0.0.1:" + server.redis().port();
    var options = new ServerEventsOptions();
    assertThat(deployFailure(server, options.setConnectionString("redis://:wrong@" + address)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("WRONGPASS")
        .hasMessageNotContaining(":wrong@");
    assertThat(deployFailure(server, options.setConnectionString("redis://" + address)))
        .hasMessageContaining("NOAUTH");
    server.deploy(options.setConnectionString("redis://:right@" + address));
    assertThat(result(server.events().emit("a", 1))).isZero();
  }

  @Test
  void withoutAVerticleEverythingFailsAsUnavailable(Server server) {
    var events = server.events();
    assertThat(events.isReady()).isFalse();
    assertThat(failure(events.on("a", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("No ServerEventsVerticle is deployed on this Vert.x");
    assertThat(failure(events.emit("a", 1))).isInstanceOf(UnavailableException.class);
  }

  @Test
  @OnlyOnRedis("The connection that publishes is killed alone: in memory, all break at once.")
  void onReadyIsCalledOnceConnectedAndAfterEachReconnect(Server server) {
    var ready = new AtomicInteger();
    var early = server.events().onReady(ready::incrementAndGet);
    assertThat(ready).hasValue(0);
    server.deploy();
    Await.until(() -> ready.get() == 1);
    var late = new AtomicInteger();
    server.events().onReady(late::incrementAndGet);
    Await.until(() -> late.get() == 1);

    var errors = Collections.synchronizedList(new ArrayList<Store>());
    early.onError((store, cause) -> errors.add(store));
    server.redis().command("CLIENT", "KILL", "TYPE", "normal");
    Await.until(() -> ready.get() == 2 && late.get() == 2);
    server.redis().command("CLIENT", "KILL", "TYPE", "pubsub");
    Await.until(() -> ready.get() == 3 && late.get() == 3);
    assertThat(errors).containsExactly(Store.INPUT_STORE, Store.OUTPUT_STORE);
    assertThat(early.isReady()).isTrue();
  }

  @Test
  void aWaitOutlivesAReconnect(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.listen("a", 1);
    result(wait.subscribed());
    server.broker().gap();
    Await.until(() -> server.broker().channels().contains("a:1"));
    result(events.emit("a", 1, "after"));
    assertThat(result(wait.future()).get(0)).isEqualTo("after");
  }

  @Test
  void undeployingTheVerticleFailsItsWaitsAndClosesItsConnections(Server server) {
    server.deploy();
    var events = server.events();
    var wait = server.events().listen("a", 1);
    result(wait.subscribed()); // it is made on an event loop of its own
    server.undeploy();
    assertThat(failure(wait.future()))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("The ServerEventsVerticle was undeployed");
    assertThat(failure(events.emit("a", 1))).isInstanceOf(UnavailableException.class);
    Await.until(() -> server.broker().connections().isEmpty());
  }

  @Test
  void undeployingAVerticleThatWaitsEndsItsWaits(Server server) {
    server.deploy();
    var waits = new ArrayList<Future<EventArgs>>();
    var api =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            var wait = ServerEvents.create(vertx).listen("a", 1);
            waits.add(wait.future());
            return wait.subscribed();
          }
        };
    var id = result(server.vertx().deployVerticle(api));
    assertThat(server.broker().channels()).contains("a:1");
    result(server.vertx().undeploy(id));
    assertThat(failure(waits.get(0))).isInstanceOf(WaitCancelledException.class);
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void aClosedInstanceEndsItsWaitsAndTakesNoMore(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.on("a", 1);
    result(events.close());
    assertThat(failure(wait)).isInstanceOf(WaitCancelledException.class);
    assertThat(failure(events.on("a", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("This ServerEvents is closed");
    assertThat(failure(events.emit("a", 1))).isInstanceOf(UnavailableException.class);
  }

  @Test
  @OwnRedis({
    "--user",
    "default",
    "on",
    "nopass",
    "+@all",
    "~*",
    "resetchannels",
    "&$inbox:*",
    "&ok:*"
  })
  @OnlyOnRedis("It is about the rights that a user of Redis has on channels.")
  void aForbiddenChannelFailsItsWaitAtOnceAndNoOther(Server server) {
    server.deploy();
    var events = server.events();
    var waits = List.of(events.listen("ok", 1), events.listen("secret", 1), events.listen("ok", 2));
    assertThat(failure(waits.get(1).future()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("NOPERM");
    for (var i = 1; i <= 2; i++) {
      result(waits.get(2 * (i - 1)).subscribed());
      assertThat(result(events.emit("ok", i))).isEqualTo(1);
      result(waits.get(2 * (i - 1)).future());
    }
  }

  @Test
  @OwnRedis({
    "--user",
    "default",
    "on",
    "nopass",
    "+@all",
    "~*",
    "resetchannels",
    "&$inbox:*",
    "&ok:*"
  })
  @OnlyOnRedis("It is about the rights that a user of Redis has on channels.")
  void aForbiddenChannelFailsItsEmitAndNoneThatIsSentWithIt(Server server) {
    server.deploy();
    var events = server.events();
    var retain = EmitOptions.retain(Duration.ofSeconds(1));
    var forbidden = new ArrayList<Future<Integer>>();
    var allowed = new ArrayList<Future<Integer>>();
    server
        .vertx()
        .runOnContext(
            oneTurn -> {
              for (var i = 0; i < 10; i++) {
                allowed.add(events.emit("ok", i));
                allowed.add(events.emit(retain, "ok", i));
                forbidden.add(events.emit("secret", i));
                forbidden.add(events.emit(retain, "secret", i));
              }
            });
    Await.until(() -> forbidden.size() == 20);
    assertThat(result(Future.all(allowed)).<Integer>list()).allMatch(n -> n == 0 || n == -1);
    assertThat(forbidden)
        .allSatisfy(emit -> assertThat(failure(emit)).hasMessageContaining("NOPERM"));
    assertThat(server.redis().command("EXISTS", "$retained:{secret:1}:6").toInteger()).isZero();
    assertThat(server.redis().command("EXISTS", "$retained:{ok:1}:2").toInteger()).isEqualTo(1);
  }
}
