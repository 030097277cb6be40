package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonArray;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Redis itself cuts connections. */
@ExtendWith(ServerExtension.class)
@Tag("jdk")
class ConnectionCutIT {

  private static final int WAITS = 10_000;
  private static final int CYCLES = 20_000;
  private static final long KILL_EVERY_MS = 200;
  private static final WaitOptions RETAINED = WaitOptions.DEFAULT.timeout(60_000).retained(true);
  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(60));

  private static JsonArray payload(String name, int i) {
    return new JsonArray().add(name).add(i).add(i);
  }

  @Test
  @OwnRedis
  void retainedEmitsThatLandWhileTheSubscriberIsCutAllResolve(Server server) {
    server.deploy();
    var waits = Server.listen(server.events(), "cut", WAITS, RETAINED);
    var commands = new ArrayList<Request>();
    commands.add(Request.cmd(Command.CLIENT).arg("KILL").arg("TYPE").arg("pubsub"));
    for (var i = 0; i < WAITS; i++) {
      commands.addAll(TestRedis.retainedEmit("cut", i, payload("cut", i)));
    }
    server.redis().transaction(commands);
    for (var i = 0; i < WAITS; i++) {
      assertThat(result(waits.get(i).future()).list()).containsExactly(i);
    }
    Figures.print("%d of %d resolved that were emitted while cut off".formatted(WAITS, WAITS));
  }

  @Test
  @OwnRedis
  void noJobIsLostOrMixedUpWhileBothConnectionsAreKilledAgainAndAgain(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var redis = api.redis();
    var kills = new AtomicInteger();
    var killer = Executors.newSingleThreadScheduledExecutor();
    var killing =
        killer.scheduleAtFixedRate(
            () -> {
              redis.command("CLIENT", "KILL", "TYPE", "pubsub");
              redis.command("CLIENT", "KILL", "TYPE", "normal");
              kills.incrementAndGet();
            },
            KILL_EVERY_MS,
            KILL_EVERY_MS,
            TimeUnit.MILLISECONDS);
    var waiting = api.events();
    var emitting = worker.events();
    var began = System.nanoTime();
    var results =
        InFlight.run(
            CYCLES,
            64,
            i ->
                waiting
                    .request("job", i, RETAINED, () -> emitting.emit(RETAIN, "job", i, i))
                    .map(args -> args.get(0).equals(i) ? i : -1));
    killing.cancel(false);
    killer.shutdown();
    var done = kills.get();
    assertThat(done).isPositive();
    assertThat(results).hasSize(CYCLES).doesNotContain(-1);
    assertThat(new HashSet<>(results)).hasSize(CYCLES);
    Figures.print(
        "%d cycles in %d ms beside %d kills of both types: 0 lost, 0 mixed up, 0 twice"
            .formatted(CYCLES, Figures.msSince(began), done));
  }

  @Test
  @OwnRedis({"--client-output-buffer-limit", "pubsub 65536 65536 1"})
  void aSubscriberThatRedisDropsForABurstGetsItAllTheSame(Server server) {
    server.deploy();
    var events = server.events();
    var errors = new AtomicInteger();
    events.onError((store, cause) -> errors.incrementAndGet());
    var count = 200;
    var large = "x".repeat(100_000);
    var waits = Server.listen(events, "burst", count, RETAINED);
    var commands = new ArrayList<Request>();
    for (var i = 0; i < count; i++) {
      commands.addAll(TestRedis.retainedEmit("burst", i, payload("burst", i).add(large)));
    }
    server.redis().transaction(commands);
    for (var i = 0; i < count; i++) {
      assertThat(result(waits.get(i).future()).list()).containsExactly(i, large);
    }
    Await.until(() -> errors.get() > 0);
    Figures.print(
        "%d of %d large events arrived although Redis dropped us".formatted(count, count));
  }
}
