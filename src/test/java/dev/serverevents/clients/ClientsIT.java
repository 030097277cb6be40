package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients in other languages while Redis, their connections or other workers fail. */
@ExtendWith(ServerExtension.class)
@Execution(ExecutionMode.CONCURRENT) // most of their time is waiting
@OwnRedis
@Tag("long")
class ClientsIT {

  private static final String NAME = "orders.priced";
  private static final String JOBS = "$jobs:{" + NAME + "}";

  private static void push(TestRedis redis, String id) {
    redis.command("RPUSH", JOBS, new JsonObject().put("name", NAME).put("id", id).encode());
  }

  private static int length(TestRedis redis, String key) {
    return redis.command("LLEN", key).toInteger();
  }

  private static long refused(TestRedis redis, String command) {
    var stats = redis.command("INFO", "commandstats").toString();
    var refused = Pattern.compile("cmdstat_" + command + ":.*rejected_calls=(\\d+)").matcher(stats);
    return refused.find() ? Long.parseLong(refused.group(1)) : 0;
  }

  /** The worker takes a job that is new, does it, and forgets it. */
  private static void mustWork(TestRedis redis, ClientPeer peer, String worker, String id) {
    push(redis, id);
    peer.awaitTold("job", id);
    peer.finish(NAME, id, "[]");
    Await.until(() -> length(redis, JOBS + ":" + worker) == 0 && length(redis, JOBS) == 0);
  }

  private static void awaitLease(TestRedis redis, String worker) {
    Await.until(
        () -> redis.allChannels().containsAll(List.of("$worker:" + worker, "$serves:" + NAME)));
  }

  @ParameterizedTest
  @EnumSource
  void theJobsOfAWorkerThatIsKilledGoToAnotherInTheirOrder(Client client, Server server) {
    var redis = server.redis();
    try (var first = client.install().start(redis.url());
        var second = client.start(redis.url())) {
      var worker = first.work(NAME);
      push(redis, "1");
      first.awaitTold("job", "1");
      push(redis, "2");
      first.kill();
      var other = second.work(NAME);
      second.awaitTold("job", "2");
      second.finish(NAME, "2", "[]");
      second.awaitTold("job", "1");
      second.finish(NAME, "1", "[]");
      Await.until(() -> length(redis, JOBS + ":" + other) == 0);
      assertThat(redis.command("SMEMBERS", JOBS + ":workers").toString())
          .contains(other)
          .doesNotContain(worker);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerGoesOnAfterARestartOfRedisAndEndsTheJobThatItHad(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url());
        var waiting = client.start(redis.url())) {
      var worker = peer.work(NAME);
      push(redis, "1");
      peer.awaitTold("job", "1");
      var wait = new JsonObject().put("name", NAME).put("id", "1").put("timeout", 50_000);
      var call = waiting.ask("on", wait);
      Await.until(() -> redis.channels().contains(NAME + ":1"));
      redis.kill();
      redis.restart();
      redis.awaitServing();
      awaitLease(redis, worker);
      Await.until(() -> redis.channels().contains(NAME + ":1"));
      peer.finish(NAME, "1", "[1.50]");
      assertThat(waiting.answer(call).getJsonObject("out").getString("args")).isEqualTo("[1.50]");
      mustWork(redis, peer, worker, "2");
      Await.until(() -> redis.command("SMEMBERS", JOBS + ":workers").toString().contains(worker));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResultIsEmittedWhenRedisIsBack(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      peer.work(NAME);
      push(redis, "1");
      peer.awaitTold("job", "1");
      redis.kill();
      peer.finish(NAME, "1", "[]");
      redis.restart();
      redis.awaitServing();
      Await.until(() -> redis.calls("publish") > 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerGoesOnWhenItsConnectionsAreCut(Client client, Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis);
        var peer = client.install().start(proxy.url())) {
      var worker = peer.work(NAME);
      for (var id : List.of("1", "2", "3")) {
        mustWork(redis, peer, worker, id);
        proxy.cut();
        Await.until(() -> !redis.allChannels().contains("$worker:" + worker));
        proxy.mend();
        awaitLease(redis, worker);
      }
      mustWork(redis, peer, worker, "4");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerNoticesThatItsConnectionsAreHalfOpen(Client client, Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis);
        var peer = client.install().start(proxy.url())) {
      var worker = peer.work(NAME);
      mustWork(redis, peer, worker, "1");
      var connections = proxy.connections();
      proxy.swallow();
      Await.until(() -> proxy.connections() >= connections + 2);
      awaitLease(redis, worker);
      mustWork(redis, peer, worker, "2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerWithoutJobsKeepsItsConnections(Client client, Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis);
        var peer = client.install().start(proxy.url())) {
      mustWork(redis, peer, peer.work(NAME), "1");
      var connections = proxy.connections();
      var calls = redis.calls("blmove");
      Await.until(() -> redis.calls("blmove") >= calls + 3);
      assertThat(proxy.connections()).isEqualTo(connections);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aJobOfWhichTheAnswerWasLostIsTakenAllTheSame(Client client, Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis);
        var peer = client.install().start(proxy.url())) {
      var worker = peer.work(NAME);
      mustWork(redis, peer, worker, "1");
      proxy.swallowAnswers();
      push(redis, "2");
      Await.until(() -> length(redis, JOBS + ":" + worker) == 1);
      peer.awaitTold("job", "2");
      peer.finish(NAME, "2", "[]");
      Await.until(() -> length(redis, JOBS + ":" + worker) == 0);
      assertThat(peer.told("job")).containsExactly("1", "2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWaitWhoseConnectionWasCutDoesNotEndAsATimeout(Client client, Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis);
        var peer = client.install().start(proxy.url())) {
      var wait = new JsonObject().put("name", NAME).put("id", 7).put("timeout", 3_000);
      assertThat(peer.answer(peer.ask("on", wait)).getString("error")).isEqualTo("timeout");
      Await.until(() -> redis.channels().isEmpty());
      var call = peer.ask("on", wait);
      peer.awaitSubscribed(call);
      proxy.cut();
      proxy.mend();
      assertThat(peer.answer(call).getString("error")).isEqualTo("unavailable");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsMalformedIsPassedOverHoweverItIs(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      var wait = new JsonObject().put("name", NAME).put("id", 7).put("timeout", 60_000);
      var call = peer.ask("on", wait);
      peer.awaitSubscribed(call);
      for (var text : List.of("x".repeat(100), "\\\"".repeat(100_000), "{".repeat(100_000))) {
        redis.command("PUBLISH", NAME + ":7", "[\"" + NAME + "\",7,\"" + text);
      }
      redis.command("PUBLISH", NAME + ":7", "[\"" + NAME + "\",7,1.50]");
      assertThat(peer.answer(call).getJsonObject("out").getString("args")).isEqualTo("[1.50]");
      var worker = peer.work(NAME);
      redis.command("RPUSH", JOBS, "{\"name\":\"" + NAME + "\",\"data\":\"" + "x".repeat(100));
      redis.command("RPUSH", JOBS, "[\"" + NAME + "\",7,{\"item\":\"tea\"},2]");
      mustWork(redis, peer, worker, "1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLeaseThatRedisRefusesForAWhileIsHadAgain(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      var worker = peer.work(NAME);
      redis.command("ACL", "SETUSER", "default", "resetchannels");
      Await.until(() -> redis.command("ACL", "LOG").toString().contains("$worker:" + worker));
      redis.command("ACL", "SETUSER", "default", "allchannels");
      awaitLease(redis, worker);
      mustWork(redis, peer, worker, "1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aJobThatRedisDoesNotForgetIsNotDoneAgain(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      var worker = peer.work(NAME);
      push(redis, "1");
      peer.awaitTold("job", "1");
      redis.command("CONFIG", "SET", "min-replicas-to-write", "1");
      peer.finish(NAME, "1", "[]");
      Await.until(() -> refused(redis, "lrem") >= 5);
      redis.command("CONFIG", "SET", "min-replicas-to-write", "0");
      Await.until(() -> length(redis, JOBS + ":" + worker) == 0);
      mustWork(redis, peer, worker, "2");
      assertThat(peer.told("job")).containsExactly("1", "2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWaitEndsWithItsClient(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      var wait = new JsonObject().put("name", NAME).put("id", 7).put("timeout", 86_400_000);
      var call = peer.ask("on", wait);
      peer.awaitSubscribed(call);
      peer.out("close", new JsonObject());
      assertThat(peer.answer(call).getString("error")).isEqualTo("unavailable");
      Await.until(() -> redis.channels().isEmpty());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatIsClosedRefusesAtOnce(Client client, Server server) {
    try (var peer = client.install().start(server.redis().url())) {
      var name = new JsonObject().put("name", NAME);
      var emit = name.copy().put("id", 7).put("args", "[]");
      peer.out("emit", emit);
      peer.out("close", new JsonObject());
      var wait = name.copy().put("id", 7).put("timeout", 86_400_000);
      var work = name.copy().put("list", NAME);
      for (var call :
          List.of(peer.ask("emit", emit), peer.ask("on", wait), peer.ask("work", work))) {
        assertThat(peer.answer(call).getString("error")).isEqualTo("unavailable");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatCannotBeginLeavesNothing(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      peer.out("emit", new JsonObject().put("name", NAME).put("id", 7).put("args", "[]"));
      redis.command("SET", JOBS + ":workers", "no set");
      var in = new JsonObject().put("name", NAME).put("list", NAME);
      assertThat(peer.answer(peer.ask("work", in)).getString("error")).isEqualTo("unavailable");
      Await.until(() -> redis.allChannels().isEmpty());
      redis.command("DEL", JOBS + ":workers");
      mustWork(redis, peer, peer.work(NAME), "1");
      peer.out("stopWork", new JsonObject().put("name", NAME));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWaitWhoseClientIsClosedDoesNotEndAsATimeout(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      var wait = new JsonObject().put("name", NAME).put("id", 7).put("timeout", 3_000);
      var call = peer.ask("on", wait);
      peer.awaitSubscribed(call);
      peer.out("close", new JsonObject());
      assertThat(peer.answer(call).getString("error")).isEqualTo("unavailable");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRetainedEventThatCannotBeLookedUpIsNoTimeout(Client client, Server server) {
    try (var proxy = TcpProxy.before(server.redis());
        var peer = client.install().start(proxy.url())) {
      var event = new JsonObject().put("name", NAME).put("id", 7);
      peer.out("emit", event.copy().put("args", "[]")); // on the first connection
      var wait = event.put("timeout", 3_000).put("retained", true);
      assertThat(peer.answer(peer.ask("on", wait)).getString("error")).isEqualTo("timeout");
      proxy.cutFirst(1);
      Await.until(() -> proxy.open() == 1);
      assertThat(peer.answer(peer.ask("on", wait)).getString("error")).isEqualTo("unavailable");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRetainedEventThatMayNotBeLookedUpEndsTheWait(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      redis.command("ACL", "SETUSER", "default", "-get");
      var wait = new JsonObject().put("name", NAME).put("id", 7).put("retained", true);
      var call = peer.ask("on", wait.put("timeout", 86_400_000));
      assertThat(peer.answer(call).getString("error")).isEqualTo("unavailable");
    }
  }

  @ParameterizedTest
  @EnumSource
  @OwnRedis({"--requirepass", "secret"})
  void aWrongPasswordIsRefusedAndNotWaitedFor(Client client, Server server) {
    var url = server.redis().url().replace("://", "://:wrong@");
    try (var peer = client.install().start(url)) {
      var event = new JsonObject().put("name", NAME).put("id", 7);
      var wait = event.copy().put("timeout", 86_400_000);
      var work = new JsonObject().put("name", NAME).put("list", NAME);
      for (var call :
          List.of(
              peer.ask("emit", event.put("args", "[]")),
              peer.ask("on", wait),
              peer.ask("work", work))) {
        var answer = peer.answer(call);
        assertThat(answer.getString("error")).isEqualTo("unavailable");
        assertThat(answer.getString("message")).contains("invalid username-password pair");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResultIsEmittedWhenThePasswordIsRightAgain(Client client, Server server) {
    var redis = server.redis();
    redis.command("ACL", "SETUSER", "worker", "on", ">first", "~*", "&*", "+@all");
    try (var peer = client.install().start(redis.url().replace("://", "://worker:first@"))) {
      var worker = peer.work(NAME);
      push(redis, "1");
      peer.awaitTold("job", "1");
      redis.command("ACL", "SETUSER", "worker", "resetpass", ">second");
      var calls = redis.calls("auth");
      redis.command("CLIENT", "KILL", "USER", "worker");
      peer.finish(NAME, "1", "[]");
      Await.until(() -> redis.calls("auth") >= calls + 5);
      redis.command("ACL", "SETUSER", "worker", ">first");
      Await.until(() -> redis.calls("publish") > 0 && length(redis, JOBS + ":" + worker) == 0);
      mustWork(redis, peer, worker, "2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void progressIsReportedWhenRedisIsBack(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      var worker = peer.work(NAME);
      push(redis, "1");
      peer.awaitTold("job", "1");
      redis.kill();
      var progress = new JsonObject().put("name", NAME).put("id", "1").put("args", "[50]");
      var call = peer.ask("progressJob", progress);
      assertThat(peer.answer(peer.ask("emit", progress)).getString("error"))
          .isEqualTo("unavailable");
      redis.restart();
      redis.awaitServing();
      assertThat(peer.answer(call).containsKey("out")).isTrue();
      peer.finish(NAME, "1", "[]");
      Await.until(() -> length(redis, JOBS + ":" + worker) == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerWhoseClientIsClosedBeforeItHasBegunLeavesNothing(Client client, Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis);
        var peer = client.install().start(proxy.url())) {
      proxy.cut();
      var worker = peer.ask("work", new JsonObject().put("name", NAME).put("list", NAME));
      peer.out("close", new JsonObject());
      assertThat(peer.answer(worker).getString("error")).isEqualTo("unavailable");
      proxy.mend();
      assertThat(redis.allChannels()).isEmpty();
      assertThat(redis.command("EXISTS", JOBS + ":workers").toInteger()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aJobThatIsLikeTheOneInHandIsTakenToo(Client client, Server server) {
    var redis = server.redis();
    try (var peer = client.install().start(redis.url())) {
      var in = new JsonObject().put("name", NAME).put("list", NAME).put("concurrency", 2);
      var worker = peer.out("work", in).getString("workerId");
      push(redis, "1");
      peer.awaitTold("job", "1");
      var text = redis.command("LINDEX", JOBS + ":" + worker, "0").toString();
      redis.command("RPUSH", JOBS + ":" + worker, text); // as if an answer had been lost
      Await.until(() -> peer.told("job").equals(List.of("1", "1")));
      peer.kill();
      redis.command("DEL", JOBS + ":" + worker, JOBS + ":workers");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTextThatIsAWordOfRedisIsDroppedAsAnyOther(Client client, Server server) {
    var redis = server.redis();
    try (var proxy = TcpProxy.before(redis);
        var peer = client.install().start(proxy.url())) {
      var worker = peer.work(NAME);
      mustWork(redis, peer, worker, "1");
      var connections = proxy.connections();
      redis.command("RPUSH", JOBS + ":" + worker, "message");
      Await.until(() -> length(redis, JOBS + ":" + worker) == 0);
      mustWork(redis, peer, worker, "2");
      assertThat(proxy.connections()).isEqualTo(connections);
    }
  }
}
