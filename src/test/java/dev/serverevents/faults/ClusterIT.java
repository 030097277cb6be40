package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.ServerEvents;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.RetainedCycles;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may happen to a Redis Cluster of three masters and three replicas, during job cycles. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class ClusterIT {

  private static final int CYCLES = 20_000;
  private static final int MOVED = 400;

  private static ServerEvents deploy(
      Server server, TestCluster cluster, PubSub pubsub, int replicas) {
    server.deploy(
        server.options().setRedis(cluster.options(pubsub, replicas)).setEmitTimeout(60_000));
    return server.events();
  }

  private static RetainedCycles cycles(ServerEvents api, ServerEvents worker, PubSub pubsub) {
    return new RetainedCycles(api, worker, "cycle " + pubsub).alsoDirect();
  }

  /** Each channel, an inbox at least, is subscribed at the owner of its slot and nowhere else. */
  private static void checkChannels(TestCluster cluster, PubSub pubsub) {
    if (pubsub == PubSub.SHARDED) {
      for (var node : cluster.nodes()) {
        Await.untilAsserted(
            () ->
                assertThat(node.allChannels())
                    .allMatch(channel -> cluster.owner(cluster.slot(channel)) == node));
      }
    }
  }

  private static void end(TestCluster cluster, PubSub pubsub, Server... servers) {
    checkChannels(cluster, pubsub);
    for (var server : servers) {
      server.undeploy();
    }
    cluster.checkNothingIsLeft();
  }

  /** Runs cycles, each emit of which so many replicas must have, while something happens. */
  private static void during(
      PubSub pubsub, int replicas, Server api, Server worker, Consumer<TestCluster> fault) {
    try (var cluster = new TestCluster(3, 1)) {
      var waiting = deploy(api, cluster, pubsub, replicas);
      var emitting = deploy(worker, cluster, pubsub, replicas);
      cycles(waiting, emitting, pubsub).run(CYCLES, () -> fault.accept(cluster));
      end(cluster, pubsub, api, worker);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMasterIsKilled(PubSub pubsub, Server api, Server worker) {
    during(
        pubsub,
        1,
        api,
        worker,
        cluster -> {
          var servers = List.of(api.events(), worker.events());
          var killed = cluster.masters().get(0);
          killed.kill();
          var at = System.nanoTime();
          Await.until(() -> !cluster.masters().contains(killed));
          Figures.print("failed over within %,d ms".formatted(Figures.msSince(at)));
          var over = System.nanoTime();
          killed.restart();
          Await.until(() -> servers.stream().allMatch(ServerEvents::isReady));
          Figures.print("both are back %,d ms later".formatted(Figures.msSince(over)));
          killed.awaitServing();
          cluster.awaitComplete();
        });
  }

  @ParameterizedTest
  @EnumSource
  void slotsAreMovedToAnotherMaster(PubSub pubsub, Server api, Server worker) {
    during(
        pubsub,
        0,
        api,
        worker,
        cluster -> {
          var masters = cluster.masters();
          move(cluster, MOVED, masters.get(0), masters.get(1));
        });
  }

  private static void move(TestCluster cluster, int slots, TestRedis from, TestRedis to) {
    var at = System.nanoTime();
    cluster.move(cluster.slotsOf(from).subList(0, slots), from, to);
    Figures.print("%,d slots moved in %,d ms".formatted(slots, Figures.msSince(at)));
  }

  @ParameterizedTest
  @EnumSource
  void oneMasterIsAwayWhileOthersServe(PubSub pubsub, Server api, Server late) {
    try (var cluster = new TestCluster(3, 0)) {
      cluster
          .nodes()
          .forEach(node -> node.command("CONFIG", "SET", "cluster-require-full-coverage", "no"));
      var events = deploy(api, cluster, pubsub, 0);
      var away = cluster.masters().get(0);
      var lost = IntStream.range(0, 100).filter(id -> isAt(cluster, away, id)).boxed().toList();
      away.kill();
      Await.until(() -> !events.isReady());
      var lateEvents = deploy(late, cluster, pubsub, 0);
      assertThat(lateEvents.isReady()).isFalse();
      for (var id = 0; id < 100; id++) {
        if (!lost.contains(id) || pubsub == PubSub.BROADCAST) {
          var n = id;
          var there = lateEvents.request("a", n, () -> events.emit("a", n, n));
          assertThat(result(there).get(0)).isEqualTo(n);
        }
      }
      var waits = new ArrayList<Future<EventArgs>>();
      for (var id : lost) {
        waits.add(lateEvents.on("a", id, WaitOptions.DEFAULT.timeout(60_000).retained(true)));
        waits.add(
            events
                .emit(EmitOptions.retain(Duration.ofMinutes(1)), "a", id, id)
                .compose(emitted -> Future.succeededFuture()));
      }
      away.restart();
      waits.forEach(Await::result);
      Await.until(() -> events.isReady() && lateEvents.isReady());
      cluster.awaitComplete();
      end(cluster, pubsub, api, late);
    }
  }

  /** Redis then answers everything with CLUSTERDOWN, but what is subscribed stays so. */
  @Test
  void waitsOfOtherShardsOutliveAClusterThatIsDown(Server server) {
    try (var cluster = new TestCluster(3, 0)) {
      var setting = "cluster-allow-pubsubshard-when-down";
      cluster.nodes().forEach(node -> node.command("CONFIG", "SET", setting, "no"));
      var redis = cluster.options(PubSub.SHARDED, 0);
      server.deploy(server.options().setRedis(redis).setHeartbeat(200).setEmitTimeout(1_000));
      var events = server.events();
      var away = cluster.masters().get(0);
      var others =
          IntStream.range(0, 100)
              .filter(id -> !isAt(cluster, away, id))
              .mapToObj(id -> events.listen("a", id, WaitOptions.DEFAULT.timeout(4_000)))
              .toList();
      others.forEach(wait -> result(wait.subscribed()));
      away.kill();
      for (var wait : others) {
        assertThat(Await.failure(wait.future())).isInstanceOf(EventTimeoutException.class);
      }
      assertThat(Await.failure(events.emit("a", 1))).isInstanceOf(UnavailableException.class);
      away.restart();
      Await.until(events::isReady);
      cluster.awaitComplete();
      end(cluster, PubSub.SHARDED, server);
    }
  }

  private static boolean isAt(TestCluster cluster, TestRedis master, int id) {
    return cluster.owner(cluster.slot("a:" + id)) == master;
  }

  @Test
  void aMasterStepsDownAlive(Server api, Server worker) {
    during(
        PubSub.SHARDED,
        0,
        api,
        worker,
        cluster -> {
          var old = cluster.masters().get(0);
          cluster.failOver(old);
          Await.until(() -> !cluster.masters().contains(old));
          cluster.awaitComplete();
        });
  }

  @Test
  void aMasterIsAddedAndRemoved(Server api, Server worker) {
    during(
        PubSub.SHARDED,
        0,
        api,
        worker,
        cluster -> {
          var masters = cluster.masters();
          var fourth = cluster.add();
          cluster.awaitComplete();
          masters.forEach(master -> move(cluster, MOVED, master, fourth));
          Await.until(() -> hasInbox(fourth));
          masters.forEach(master -> move(cluster, MOVED, fourth, master));
          assertThat(cluster.slotsOf(fourth)).isEmpty();
          cluster.remove(fourth);
        });
  }

  /** Whether direct replies to cycles come over a master. */
  private static boolean hasInbox(TestRedis master) {
    return master.allChannels().stream().anyMatch(c -> c.startsWith("$inbox:cycle SHARDED:"));
  }

  @Test
  void directRepliesComeOverTheMastersThatAreThere(Server server) {
    try (var cluster = new TestCluster(3, 0)) {
      cluster
          .nodes()
          .forEach(node -> node.command("CONFIG", "SET", "cluster-require-full-coverage", "no"));
      var events = deploy(server, cluster, PubSub.SHARDED, 0);
      var away = cluster.masters().get(0);
      var inboxes = new ArrayList<String>();
      var waits = new ArrayList<Future<EventArgs>>();
      for (var id = 0; id < 6; id++) {
        var handedOver = Promise.<String>promise();
        waits.add(
            events.requestDirect(
                "d", id, 5_000, to -> Future.succeededFuture(handedOver.tryComplete(to))));
        inboxes.add(result(handedOver.future()));
      }
      away.kill();
      Await.until(() -> !events.isReady());
      for (var id = 6; id < 36; id++) {
        var n = id;
        var later = events.requestDirect("d", n, 60_000, to -> events.reply(to, "d", n, n));
        assertThat(result(later).get(0)).isEqualTo(n);
      }
      var cut = new ArrayList<Future<EventArgs>>();
      for (var id = 0; id < waits.size(); id++) {
        if (cluster.owner(cluster.slot(inboxes.get(id))) == away) {
          cut.add(waits.get(id));
        } else {
          result(events.reply(inboxes.get(id), "d", id, id));
          assertThat(result(waits.get(id)).get(0)).isEqualTo(id);
        }
      }
      assertThat(cut).hasSize(2);
      for (var wait : cut) {
        assertThat(Await.failure(wait)).isInstanceOf(UnavailableException.class);
      }
      away.restart();
      Await.until(events::isReady);
      for (var id = 100; id < 106; id++) {
        var n = id;
        assertThat(result(events.requestDirect("d", n, to -> events.reply(to, "d", n, to))).get(0))
            .isNotNull();
      }
      cluster.awaitComplete();
      end(cluster, PubSub.SHARDED, server);
    }
  }

  /** Until a master hears that its slot is another's, it takes what is published there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSlotIsItsOldMastersUntilItKnowsBetter(boolean retained, Server api, Server worker) {
    try (var cluster = new TestCluster(2, 0)) {
      var links = cluster.putProxiesBetweenNodes();
      var redis = cluster.options(PubSub.SHARDED, 0);
      api.deploy(api.options().setRedis(redis).setHeartbeat(100));
      worker.deploy(worker.options().setRedis(redis).setHeartbeat(3_600_000));
      var waiting = api.events();
      var slot = cluster.slot("split:1");
      var from = cluster.owner(slot);
      var to = cluster.masters().stream().filter(node -> node != from).findFirst().orElseThrow();
      var options = WaitOptions.DEFAULT.timeout(20_000).retained(retained);
      var early = waiting.listen("split", 1, options);
      result(early.subscribed());

      links.forEach(link -> link.delay(() -> 5_000));
      result(cluster.beginMove(slot, from, to));
      var asked = to.calls("cluster|slots");
      Await.until(() -> to.calls("cluster|slots") > asked + 1);
      var late = waiting.listen("split", 1, options);
      result(late.subscribed());
      assertThat(cluster.owner(slot, from)).as("the owner, for all it knows").isSameAs(from);
      var emit = retained ? EmitOptions.retain(Duration.ofMinutes(1)) : EmitOptions.DEFAULT;
      result(worker.events().emit(emit, "split", 1, 1));
      assertThat(result(early.future()).list()).containsExactly(1);
      assertThat(result(late.future()).list()).containsExactly(1);

      Await.until(() -> cluster.owner(slot, from) == to);
      var moved = waiting.request("split", 1, () -> worker.events().emit("split", 1, 2));
      assertThat(result(moved).list()).containsExactly(2);
      end(cluster, PubSub.SHARDED, api, worker);
      links.forEach(TcpProxy::close);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneServerIsCutFromOneShard(PubSub pubsub, Server api, Server worker) {
    try (var cluster = new TestCluster(3, 1);
        var proxy = TcpProxy.before(cluster.masters().get(0))) {
      var cut = cluster.masters().get(0);
      cluster.announce(cut, proxy);
      var waiting = deploy(api, cluster, pubsub, 0);
      var ofApi = proxy.connections();
      var emitting = deploy(worker, cluster, pubsub, 0);

      var meanwhile = new AtomicInteger();
      cycles(waiting, emitting, pubsub)
          .run(
              CYCLES,
              () -> {
                proxy.cutFirst(ofApi);
                Await.until(() -> !waiting.isReady());

                var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                while (System.nanoTime() < until) {
                  var id = "meanwhile" + meanwhile.incrementAndGet();
                  if (cluster.owner(cluster.slot("other:" + id)) != cut) {
                    var other = waiting.request("other", id, () -> emitting.emit("other", id, id));
                    assertThat(result(other).get(0)).isEqualTo(id);
                  }
                }
                assertThat(waiting.isReady()).isFalse();
                assertThat(emitting.isReady()).isTrue();
                proxy.mend();
              });
      Figures.print("%,d waits of other shards meanwhile".formatted(meanwhile.get()));
      Await.until(waiting::isReady);
      end(cluster, pubsub, api, worker);
    }
  }
}
