package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.RedisRecipes;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.testing.TestSentinels;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code CLIENT LIST} tells whose each connection is, and what it is for. */
@OnlyOnRedis("It is about the names that connections to Redis have.")
@ExtendWith(ServerExtension.class)
class ConnectionNamesTest {

  private static final Pattern NAME =
      Pattern.compile(" name=server-events:[A-Za-z0-9._-]+:([0-9a-f-]{36}):([a-z]+) ");

  private static final Map<String, Long> BOTH = Map.of("publisher", 1L, "subscriber", 1L);

  /** How many connections each role has, by the names that Redis has for them. */
  private static Map<String, Long> roles(TestRedis redis) {
    return redis.connections().stream()
        .flatMap(line -> NAME.matcher(line).results())
        .collect(Collectors.groupingBy(name -> name.group(2), Collectors.counting()));
  }

  private static Set<String> servers(TestRedis redis) {
    return redis.connections().stream()
        .flatMap(line -> NAME.matcher(line).results())
        .map(name -> name.group(1))
        .collect(Collectors.toSet());
  }

  private static boolean areAllNamed(TestRedis redis) {
    return redis.connections().stream().allMatch(line -> NAME.matcher(line).find());
  }

  /** Has connections for jobs made, both that of the one who pushes and those of a worker. */
  private static Worker work(ServerEvents events) {
    var worker = events.work("name", job -> job.progress().map("done"));
    result(worker.ready());
    result(events.request("name", 1, events.jobList("name")::push));
    return worker;
  }

  @Test
  @OwnRedis
  void eachServerAndEachRoleHasANameOfItsOwn(Server one, Server other) {
    one.deploy();
    assertThat(roles(one.redis())).isEqualTo(BOTH);
    other.deploy(other.options().setListen(false));
    assertThat(roles(one.redis())).isEqualTo(Map.of("publisher", 2L, "subscriber", 1L));
    assertThat(servers(one.redis())).hasSize(2);
    var worker = work(one.events());
    assertThat(roles(one.redis())).containsEntry("jobs", 2L);
    result(worker.close());
  }

  @Test
  @OwnRedis({})
  void aConnectionThatIsMadeAgainHasItsNameAgain(Server server) {
    server.deploy();
    server.redis().command("CLIENT", "KILL", "SKIPME", "yes");
    Await.until(() -> roles(server.redis()).equals(BOTH));
  }

  @Test
  @OwnRedis({})
  void aNameNeedsNoRightOfItsOwn(Server server) {
    RedisRecipes.ONE_SERVER.apply(server.redis());
    var url = "redis://orders-both:orders-both@127.0.0.1:" + server.redis().port();
    server.deploy(server.options().setConnectionString(url));
    assertThat(roles(server.redis())).isEqualTo(BOTH);
    assertThat(server.redis().command("ACL", "LOG").toString()).doesNotContain("setname");
  }

  @Test
  @OwnRedis({"--rename-command", "HELLO", ""})
  void aRedisThatKnowsNoGreetingServesConnectionsWithoutNames(Server server) {
    server.deploy();
    result(work(server.events()).close());
    assertThat(roles(server.redis())).isEmpty();
  }

  @Test
  @OwnRedis
  void theNameOfAnAddressIsLeftAsItIs(Server server) {
    server.deploy(server.options().setConnectionString(server.redis().url() + "/0?client=mine"));
    assertThat(server.redis().connections()).hasSize(2).allMatch(l -> l.contains(" name=mine "));
  }

  @Test
  @OwnRedis
  void whoAsksForTheSlotsOfAClusterIsNamedAsWell(Server server) {
    try (var proxy = TcpProxy.before(server.redis())) {
      proxy.rewriteAnswers(answer -> Buffer.buffer()); // so that the connection lasts a while
      var cluster =
          new JsonObject()
              .put("type", "cluster")
              .put("endpoints", new JsonArray().add(proxy.url()));
      var options = server.options().setRedis(new RedisServerOptions(cluster));
      var deployed = server.vertx().deployVerticle(server.verticle(options));
      Await.until(() -> roles(server.redis()).equals(Map.of("watch", 1L)));
      Await.failure(deployed);
    }
  }

  @Test
  @Tag("long")
  void inAClusterTheConnectionsToEachMasterHaveNames(Server server) {
    try (var cluster = new TestCluster(2, 0)) {
      var both = List.of(PubSub.BROADCAST, PubSub.SHARDED);
      for (var pubsub : both) {
        server.deploy(server.options().setRedis(cluster.options(pubsub, 0)));
        assertThat(cluster.nodes()).allMatch(node -> roles(node).get("publisher") == 1);
        assertThat(cluster.nodes().stream().map(ConnectionNamesTest::roles))
            .filteredOn(roles -> roles.containsKey("subscriber"))
            .hasSize(pubsub == PubSub.SHARDED ? 2 : 1);
        var worker = work(server.events());
        assertThat(cluster.nodes()).allSatisfy(node -> Await.until(() -> areAllNamed(node)));
        assertThat(cluster.nodes()).allMatch(node -> roles(node).containsKey("jobs"));
        result(worker.close());
        server.undeploy();
      }
      cluster.checkNothingIsLeft();
    }
  }

  @Test
  @Tag("long")
  void inAClusterJobsAreDoneWithoutTheRightToNameTheirConnections(Server server) {
    try (var cluster = new TestCluster(2, 0)) {
      cluster.nodes().forEach(node -> node.command("ACL", "SETUSER", "default", "-client|setname"));
      server.deploy(server.options().setRedis(cluster.options(PubSub.SHARDED, 0)));
      result(work(server.events()).close());
      assertThat(cluster.nodes()).noneMatch(ConnectionNamesTest::areAllNamed);
      server.undeploy();
      cluster.checkNothingIsLeft();
    }
  }

  @Test
  @Tag("long")
  void withSentinelsTheConnectionsToTheMasterHaveNames(Server server) {
    try (var sentinels = new TestSentinels()) {
      server.deploy(server.options().setRedis(sentinels.options()));
      var worker = work(server.events());
      assertThat(roles(sentinels.master()))
          .isEqualTo(Map.of("publisher", 2L, "subscriber", 1L, "jobs", 2L)); // one has replicas
      result(worker.close());
      server.undeploy();
    }
  }
}
