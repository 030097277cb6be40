package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is true of one Redis is true of a cluster of three masters and three replicas, sharded and
 * broadcast.
 */
@OnlyOnRedis("It is about a cluster.")
@ExtendWith(ServerExtension.class)
@Tag("long")
class ClusterTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(30));
  private static final WaitOptions RETAINED = WaitOptions.DEFAULT.retained(true);

  /** Names and ids whose braces Redis may take for hash tags. */
  private static final List<String> BRACES =
      List.of("{a}", "a{b}c", "{", "}", "{}", "a}b", "a{b", "}{", "{a}{b}", "{{a}}");

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster(3, 1);
    // A busy machine must not make them take links between each other for broken
    cluster.nodes().forEach(node -> node.command("CONFIG", "SET", "cluster-node-timeout", 15_000));
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  @AfterEach
  void nothingIsSubscribedAnyMore() {
    cluster.checkNothingIsLeft();
  }

  private static ServerEvents deploy(Server server, PubSub pubsub) {
    server.deploy(server.options().setRedis(cluster.options(pubsub, 0)));
    return server.events();
  }

  /** Moves the slot of a channel to another master, which is returned. */
  private static TestRedis moveSlotOf(String channel) {
    var slot = cluster.slot(channel);
    var from = cluster.owner(slot);
    var to = cluster.masters().stream().filter(master -> master != from).findFirst().orElseThrow();
    cluster.move(List.of(slot), from, to);
    return to;
  }

  private static int receivers(PubSub pubsub, int counted) {
    return pubsub == PubSub.SHARDED ? counted : -1;
  }

  @ParameterizedTest
  @EnumSource
  void eventsReachTheirWaitsAndNoOthers(PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    var waits = Server.listen(waiting, "a", 300, WaitOptions.DEFAULT);
    for (var id = 0; id < waits.size(); id++) {
      assertThat(result(emitting.emit("a", id, id))).isEqualTo(receivers(pubsub, 1));
    }
    for (var id = 0; id < waits.size(); id++) {
      assertThat(result(waits.get(id).future()).get(0)).isEqualTo(id);
    }
    assertThat(result(emitting.emit("a", "nobody"))).isEqualTo(receivers(pubsub, 0));
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void severalIdsOfManySlotsAreWaitedForTogether(PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    var ids = IntStream.range(0, 100).boxed().toList();
    var some = waiting.listenAll("several", ids, 98, WaitOptions.DEFAULT);
    var any = waiting.listenAny("several", ids, WaitOptions.DEFAULT);
    result(some.subscribed());
    result(any.subscribed());
    result(emitting.emitFailure("several", 0, 422, "no", null));
    for (var id : ids.subList(1, 99)) {
      result(emitting.emit("several", id, id));
    }
    assertThat(result(any.future()).args().get(0)).isNotNull();
    var results = result(some.future());
    assertThat(results.results()).hasSize(98);
    assertThat(results.failures().keySet()).containsExactly("0");
    assertThat(results.missing()).containsExactly("99");
    var late = failure(waiting.onAll("several", ids, WaitOptions.DEFAULT.timeout(500)));
    assertThat(late).isInstanceOf(IncompleteException.class).hasMessageContaining("within its");
    assertThat(((IncompleteException) late).results().missing()).hasSize(100);
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void requestsRepliesAndFailuresWork(PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    for (var id = 0; id < 50; id++) {
      var n = id;
      assertThat(result(waiting.request("r", n, () -> emitting.emit("r", n, n))).get(0))
          .isEqualTo(n);
      assertThat(result(waiting.requestDirect("d", n, to -> emitting.reply(to, "d", n, n))).get(0))
          .isEqualTo(n);
      assertThat(failure(waiting.request("f", n, () -> emitting.emitFailure("f", n, 422, "no", n))))
          .isInstanceOf(EventFailureException.class);
    }
    assertThat(failure(waiting.on("nobody", 1, 20))).isInstanceOf(EventTimeoutException.class);
    assertThat(failure(waiting.requestDirect("d", 1, 20, to -> emitting.emit("x", 1))))
        .isInstanceOf(EventTimeoutException.class);
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void retainedResultsAreFoundWhateverTheirNames(PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    for (var name : BRACES) {
      for (var id : BRACES) {
        result(emitting.emit(RETAIN, name, id, name, id));
        assertThat(result(waiting.on(name, id, RETAINED)).list()).isEqualTo(List.of(name, id));
        var heard = waiting.listen(name, id + "2", RETAINED);
        result(heard.subscribed());
        assertThat(result(emitting.emit(RETAIN, name, id + "2", 1)))
            .isEqualTo(receivers(pubsub, 1));
        assertThat(result(heard.future()).get(0)).isEqualTo(1);
        var direct =
            waiting.requestDirect(
                name, id + "3", RETAINED, to -> emitting.reply(RETAIN, to, name, id + "3", 2));
        assertThat(result(direct).get(0)).isEqualTo(2);
        assertThat(result(waiting.on(name, id + "3", RETAINED)).get(0)).isEqualTo(2);
      }
    }
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void oneIdempotencyKeyEmitsOnce(PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    for (var id = 0; id < 20; id++) {
      var key = RETAIN.idempotencyKey("k");
      var seen = new CopyOnWriteArrayList<StreamEvent>();
      var stream = waiting.stream("once", id, StreamOptions.DEFAULT.follow(true));
      stream.handler(seen::add);
      result(stream.subscribed());
      for (var i = 0; i < 5; i++) {
        assertThat(result(emitting.emit(key, "once", id, 1))).isEqualTo(receivers(pubsub, 1));
      }
      assertThat(failure(emitting.emit(key, "once", id, 2)))
          .isInstanceOf(IdempotencyException.class);
      result(emitting.emit("once", id, "last"));
      Await.until(() -> seen.size() >= 2);
      assertThat(seen).hasSize(2);
      stream.close();
    }
    if (pubsub == PubSub.SHARDED) {
      assertThat(failure(emitting.emit(RETAIN.idempotencyKey("k"), "a}b", 1)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("idempotencyKey is \"k\": it cannot be for a direct reply");
    } else {
      assertThat(result(emitting.emit(RETAIN.idempotencyKey("k"), "a}b", 1))).isEqualTo(-1);
    }
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void aStreamHearsProgressAndResultThoughTheyAreOfTwoShards(
      PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    for (var id = 0; id < 20; id++) {
      var seen = new CopyOnWriteArrayList<StreamEvent>();
      var stream = waiting.stream("s", id);
      stream.handler(seen::add);
      result(stream.subscribed());
      result(emitting.emitProgress("s", id, 50));
      Await.until(() -> !seen.isEmpty());
      result(emitting.emit("s", id, 100));
      Await.until(() -> seen.size() == 2);
      assertThat(seen.get(0)).isInstanceOf(StreamEvent.Progress.class);
      assertThat(seen.get(1)).isInstanceOf(StreamEvent.Result.class);
    }
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void aWaitIsAtTheMasterOfItsSlot(PubSub pubsub, Server server) {
    var events = deploy(server, pubsub);
    var waits = new ArrayList<EventWait>();
    IntStream.range(0, 60).forEach(id -> waits.add(events.listen("w", id, WaitOptions.DEFAULT)));
    waits.forEach(wait -> result(wait.subscribed()));
    for (var node : cluster.nodes()) {
      for (var channel : node.channels()) {
        if (pubsub == PubSub.SHARDED) {
          assertThat(cluster.owner(cluster.slot(channel))).isSameAs(node);
        }
      }
    }
    var spread = cluster.nodes().stream().filter(node -> !node.channels().isEmpty()).count();
    assertThat(spread).isEqualTo(pubsub == PubSub.SHARDED ? 3 : 1);
    waits.forEach(EventWait::cancel);
    server.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void anEventComesToOtherMastersOnlyByBroadcast(PubSub pubsub, Server server) {
    var events = deploy(server, pubsub);
    var before = receivedByBus();
    for (var id = 0; id < 60; id++) {
      var n = id;
      result(events.request("w", n, () -> events.emit("w", n)));
    }
    if (pubsub == PubSub.SHARDED) {
      assertThat(receivedByBus()).isEqualTo(before);
    } else {
      Await.until(() -> receivedByBus() - before >= 2 * 60);
    }
    server.undeploy();
  }

  /** How many events all masters have had from others. */
  private static long receivedByBus() {
    return cluster.masters().stream()
        .flatMap(master -> master.command("CLUSTER", "INFO").toString().lines())
        .filter(line -> line.matches("cluster_stats_messages_publish(shard)?_received:.*"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }

  @ParameterizedTest
  @EnumSource
  void whatTooFewReplicasHaveIsPublishedAllTheSame(PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    worker.deploy(worker.options().setRedis(cluster.options(pubsub, 2)));
    var emitting = worker.events();
    var emit = new AtomicReference<Future<Integer>>();
    var direct =
        waiting.requestDirect(
            "d",
            1,
            replyTo -> {
              emit.set(emitting.reply(RETAIN, replyTo, "d", 1, "direct"));
              return Future.succeededFuture();
            });
    assertThat(result(direct).get(0)).isEqualTo("direct");
    assertThat(failure(emit.get()))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("Redis has the event, but only 1 of 2 replicas have it (redis.replicas)");
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void nodesNeedNotSayOnWhichHostTheyAre(PubSub pubsub, Server api, Server worker) {
    var setting = "cluster-preferred-endpoint-type";
    cluster.nodes().forEach(node -> node.command("CONFIG", "SET", setting, "unknown-endpoint"));
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    var waits = Server.listen(waiting, "u", 30, RETAINED.timeout(60_000));
    moveSlotOf("u:7");
    for (var id = 0; id < waits.size(); id++) {
      result(emitting.emit(RETAIN, "u", id, id));
      assertThat(result(waits.get(id).future()).get(0)).isEqualTo(id);
    }
    api.undeploy();
    worker.undeploy();
    cluster.nodes().forEach(node -> node.command("CONFIG", "SET", setting, "ip"));
  }

  @ParameterizedTest
  @EnumSource
  void aWaitWhoseSlotWasMovedIsUnavailableUnlessItIsRetained(PubSub pubsub, Server server) {
    var events = deploy(server, pubsub);
    var plain = events.listen("m", 1, WaitOptions.DEFAULT.timeout(3_000));
    var retained = events.listen("m", 1, RETAINED.timeout(3_000));
    var stream = events.stream("m", 1, StreamOptions.DEFAULT.timeout(3_000));
    var seen = new CopyOnWriteArrayList<StreamEvent>();
    stream.handler(seen::add);
    result(plain.subscribed());
    result(retained.subscribed());
    result(stream.subscribed());
    moveSlotOf("m:1");
    assertThat(failure(retained.future())).isInstanceOf(EventTimeoutException.class);
    assertThat(failure(plain.future()))
        .isInstanceOf(
            pubsub == PubSub.SHARDED ? UnavailableException.class : EventTimeoutException.class);
    var gap = new StreamEvent.Gap(StreamEvent.Gap.Reason.RECONNECTED);
    assertThat(seen).isEqualTo(pubsub == PubSub.SHARDED ? List.of(gap) : List.of());
    server.undeploy();
  }

  @Test
  void onlyTheKeysConcernedAreSubscribedAgain(Server server) {
    var events = deploy(server, PubSub.SHARDED);
    var waits = Server.listen(events, "k", 3_000, RETAINED.timeout(60_000));
    var masters = cluster.masters();
    var moved = cluster.slotsOf(masters.get(0)).subList(0, 200);
    var concerned =
        masters.get(0).channels().stream().filter(c -> moved.contains(cluster.slot(c))).count();
    var before = masters.stream().map(node -> node.calls("ssubscribe")).toList();
    cluster.move(moved, masters.get(0), masters.get(1));
    Await.untilAsserted(
        () ->
            assertThat(masters.get(1).channels())
                .filteredOn(channel -> moved.contains(cluster.slot(channel)))
                .hasSize((int) concerned));
    assertThat(masters.get(0).channels())
        .noneMatch(channel -> moved.contains(cluster.slot(channel)));
    assertThat(masters.get(1).calls("ssubscribe") - before.get(1))
        .as("with at most two inboxes")
        .isBetween(concerned, concerned + 2);
    assertThat(masters.get(2).calls("ssubscribe") - before.get(2)).isLessThanOrEqualTo(1);
    for (var id = 0; id < waits.size(); id++) {
      result(events.emit(RETAIN, "k", id, id));
      assertThat(result(waits.get(id).future()).get(0)).isEqualTo(id);
    }
    server.undeploy();
  }

  @Test
  void aDirectReplyComesThoughTheInboxWasMoved(Server api, Server worker) {
    var waiting = deploy(api, PubSub.SHARDED);
    var emitting = deploy(worker, PubSub.SHARDED);
    var inbox = Promise.<String>promise();
    var direct =
        waiting.requestDirect(
            "d", 1, replyTo -> Future.succeededFuture(inbox.tryComplete(replyTo)));
    var replyTo = result(inbox.future());
    var to = moveSlotOf(replyTo);
    Await.until(() -> to.allChannels().contains(replyTo));
    assertThat(result(emitting.reply(replyTo, "d", 1, "there"))).isEqualTo(1);
    assertThat(result(direct).get(0)).isEqualTo("there");
    api.undeploy();
    worker.undeploy();
  }

  @ParameterizedTest
  @EnumSource
  void directRepliesComeOverEachMaster(PubSub pubsub, Server api, Server worker) {
    var waiting = deploy(api, pubsub);
    var emitting = deploy(worker, pubsub);
    for (var id = 0; id < 30; id++) {
      var n = id;
      result(waiting.requestDirect("spread", n, to -> emitting.reply(to, "spread", n, n)));
    }
    var inboxes =
        cluster.masters().stream()
            .map(TestRedis::allChannels)
            .map(all -> all.stream().filter(c -> c.startsWith("$inbox:spread:")).count());
    assertThat(inboxes)
        .containsExactlyInAnyOrderElementsOf(
            pubsub == PubSub.SHARDED ? List.of(1L, 1L, 1L) : List.of(1L, 0L, 0L));
    api.undeploy();
    worker.undeploy();
  }

  /** Redis has to read once for each write, unless writes come faster than it reads. */
  @Test
  void whatOneTurnSendsIsOneWriteForEachMaster(Server server) {
    var events = deploy(server, PubSub.SHARDED);
    var waits = new ArrayList<EventWait>();
    var subscribing = Done.before("ssubscribe", "get");
    server.holdEventLoops(
        () -> IntStream.range(0, 1_500).forEach(id -> waits.add(events.listen("t", id, RETAINED))));
    waits.forEach(wait -> result(wait.subscribed()));
    subscribing.forEach(Done::checkManyInFewReads);

    var unsubscribing = Done.before("sunsubscribe");
    server.holdEventLoops(() -> waits.forEach(EventWait::cancel));
    Await.until(() -> cluster.masters().stream().allMatch(master -> master.channels().isEmpty()));
    unsubscribing.forEach(Done::checkManyInFewReads);
    server.undeploy();
  }

  /** How often a master had read, and been sent each of some commands. */
  private record Done(TestRedis master, long reads, Map<String, Long> calls) {

    static List<Done> before(String... commands) {
      return cluster.masters().stream().map(master -> of(master, List.of(commands))).toList();
    }

    private static Done of(TestRedis master, List<String> commands) {
      var calls = commands.stream().collect(Collectors.toMap(command -> command, master::calls));
      return new Done(master, master.reads(), calls);
    }

    void checkManyInFewReads() {
      assertThat(master.reads() - reads).as("reads, those of this test too").isLessThan(60);
      calls.forEach(
          (command, before) ->
              assertThat(master.calls(command) - before).as(command).isGreaterThan(300));
    }
  }

  @Test
  void undeployedWhileItsInboxesMoveItLeavesNothing(Server server) {
    for (var i = 0; i < 20; i++) {
      deploy(server, PubSub.SHARDED);
      var from = cluster.masters().get(i % 3);
      var to = cluster.masters().get((i + 1) % 3);
      cluster.move(from.allChannels().stream().map(cluster::slot).distinct().toList(), from, to);
      server.undeploy();
    }
  }
}
