package dev.serverevents.testing;

import dev.serverevents.RedisServerOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A master and two replicas that want a password, and three Sentinels that want none, as real
 * processes.
 */
public final class TestSentinels implements AutoCloseable {

  private static final String NAME = "main";
  private static final String PASSWORD = "secret";
  private static final String[] SECRETS = {"--requirepass", PASSWORD, "--masterauth", PASSWORD};
  private static final int REPLICAS = 2;
  private static final int SENTINELS = 3;
  private static final int QUORUM = 2;

  /** A Sentinel, and a client of it. */
  private record Sentinel(int port, RedisRun run, Redis client) {}

  private final Vertx vertx = Vertx.vertx();
  private final List<TestRedis> redises = new ArrayList<>();
  private final List<Sentinel> sentinels = new ArrayList<>();

  /** Starts all, and returns when the Sentinels know each other and the replicas. */
  public TestSentinels() {
    this(RedisPlace.usual());
  }

  /** The same, there. */
  public TestSentinels(RedisPlace place) {
    var master = TestRedis.start(place, Map.of(), SECRETS);
    redises.add(master);
    for (var i = 0; i < REPLICAS; i++) {
      var replicaOf = Stream.of("--replicaof", "127.0.0.1", String.valueOf(master.port()));
      redises.add(
          TestRedis.start(
              place,
              Map.of(),
              Stream.concat(Stream.of(SECRETS), replicaOf).toArray(String[]::new)));
    }
    for (var i = 0; i < SENTINELS; i++) {
      sentinels.add(startSentinel(place, master.port()));
    }
    awaitComplete();
  }

  private Sentinel startSentinel(RedisPlace place, int master) {
    var port = TestRedis.freePort();
    var conf =
        """
        port %d
        bind 127.0.0.1
        sentinel monitor %s 127.0.0.1 %d %d
        sentinel auth-pass %s %s
        sentinel down-after-milliseconds %s 1000
        sentinel failover-timeout %s 5000
        """
            .formatted(port, NAME, master, QUORUM, NAME, PASSWORD, NAME, NAME);
    var run =
        RedisRun.start(
            place,
            Map.of("sentinel.conf", conf),
            List.of("sentinel.conf", "--sentinel"),
            "Sentinel ID is");
    return new Sentinel(port, run, Redis.createClient(vertx, "redis://127.0.0.1:" + port));
  }

  /** Where they are, for an emit to complete once a replica has a retained event. */
  public RedisServerOptions options() {
    var endpoints = new JsonArray();
    sentinels.forEach(sentinel -> endpoints.add("redis://127.0.0.1:" + sentinel.port));
    return new RedisServerOptions(
        new JsonObject()
            .put("type", "sentinel")
            .put("masterName", NAME)
            .put("endpoints", endpoints)
            .put("password", PASSWORD)
            .put("replicas", 1));
  }

  /** Where they are, for a user of the Redises and one of the Sentinels, named as its password. */
  public RedisServerOptions options(String user, String sentinelUser) {
    var endpoints = new JsonArray();
    sentinels.forEach(
        sentinel ->
            endpoints.add(
                "redis://%s:%s@127.0.0.1:%d".formatted(sentinelUser, sentinelUser, sentinel.port)));
    return new RedisServerOptions(
        options()
            .toJson()
            .put("endpoints", endpoints)
            .put("user", user)
            .put("password", user)
            .put("replicas", 0));
  }

  /** The master and its replicas. */
  public List<TestRedis> redises() {
    return List.copyOf(redises);
  }

  /** Has each Sentinel run a command. */
  public void command(String command, Object... args) {
    for (var sentinel : sentinels) {
      var request = Request.cmd(Command.create(command));
      for (var arg : args) {
        request.arg(arg.toString());
      }
      Await.result(sentinel.client.send(request));
    }
  }

  /** The Redis that the Sentinels say is the master. */
  public TestRedis master() {
    var address = ask(sentinels.get(0), "GET-MASTER-ADDR-BY-NAME");
    var port = address.get(1).toInteger();
    return redises.stream().filter(redis -> redis.port() == port).findFirst().orElseThrow();
  }

  /** Returns when every Sentinel knows the others, and the replicas are up and replicate. */
  public void awaitComplete() {
    Await.until(
        () ->
            sentinels.stream()
                .allMatch(
                    sentinel -> {
                      var facts = ask(sentinel, "MASTER");
                      return facts.get("num-slaves").toInteger() == REPLICAS
                          && facts.get("num-other-sentinels").toInteger() == SENTINELS - 1
                          && facts.get("flags").toString().equals("master");
                    }));
    Await.until(
        () ->
            master().command("INFO", "replication").toString().split("state=online", -1).length
                == REPLICAS + 1);
  }

  /** Has a replica promoted, while the master lives. */
  public void failOver() {
    Await.result(
        sentinels.get(0).client.send(Request.cmd(Command.SENTINEL).arg("FAILOVER").arg(NAME)));
  }

  /** Ends the Sentinel that the options name first, as kill -9 does. */
  public void killOneSentinel() {
    sentinels.get(0).run.kill();
  }

  private static Response ask(Sentinel sentinel, String what) {
    return Await.result(sentinel.client.send(Request.cmd(Command.SENTINEL).arg(what).arg(NAME)));
  }

  @Override
  public void close() {
    sentinels.forEach(sentinel -> sentinel.run.close());
    redises.forEach(TestRedis::close);
    Await.result(vertx.close());
  }
}
