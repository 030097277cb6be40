package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** kill -9 of Redis, and a start on the same port. */
@ExtendWith(ServerExtension.class)
class RedisKilledIT {

  private static final int WAITS = 10_000;
  private static final Duration DOWN = Duration.ofSeconds(3);
  private static final WaitOptions MINUTE = WaitOptions.DEFAULT.timeout(60_000);
  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(60));

  @Test
  @OwnRedis
  void waitsOutliveARedisThatIsKilledAndStartedAgain(Server server) {
    server.deploy();
    var events = server.events();
    var redis = server.redis();
    var waits = Server.listen(events, "killed", WAITS, MINUTE);
    redis.kill();
    result(server.vertx().timer(DOWN.toMillis()));
    redis.restart();
    redis.awaitServing();
    var serving = System.nanoTime();
    Await.until(() -> redis.channels().size() == WAITS);
    Figures.print(
        "%d resubscribed %d ms after Redis answered".formatted(WAITS, Figures.msSince(serving)));
    for (var i = 0; i < WAITS; i++) {
      events.emit("killed", i, i);
    }
    for (var i = 0; i < WAITS; i++) {
      assertThat(result(waits.get(i).future()).get(0)).isEqualTo(i);
    }
    Figures.print("%d of %d resolved after kill -9 and restart".formatted(WAITS, WAITS));
  }

  @Test
  @OwnRedis
  void aSecondBreakInTheMiddleOfResubscribingIsSurvived(Server server) {
    server.deploy();
    var events = server.events();
    var redis = server.redis();
    var waits = Server.listen(events, "twice", WAITS, MINUTE);
    for (var i = 0; i < 5; i++) {
      redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      Await.until(() -> !redis.channels().isEmpty()); // some are there again, most are not
    }
    Await.until(() -> redis.channels().size() == WAITS);
    for (var i = 0; i < WAITS; i++) {
      events.emit("twice", i, i);
    }
    for (var i = 0; i < WAITS; i++) {
      assertThat(result(waits.get(i).future()).get(0)).isEqualTo(i);
    }
  }

  @Test
  @OwnRedis({"--appendonly", "yes"})
  void retainedEmitsOutliveAKilledRedisThatHasAnAppendOnlyFile(Server api, Server worker) {
    try (var proxy = TcpProxy.before(api.redis())) {
      api.deploy(api.options().setConnectionString(proxy.url()));
      worker.deploy();
      var redis = api.redis();
      var waits = Server.listen(api.events(), "kept", WAITS, MINUTE.retained(true));
      proxy.cut();
      Await.until(() -> redis.channels().isEmpty());
      var emitting = worker.events();
      var emits =
          IntStream.range(0, WAITS).mapToObj(i -> emitting.emit(RETAIN, "kept", i, i)).toList();
      result(Future.all(emits));
      redis.kill();
      redis.restart();
      redis.awaitServing();
      proxy.mend();
      for (var i = 0; i < WAITS; i++) {
        assertThat(result(waits.get(i).future()).get(0)).isEqualTo(i);
      }
      Figures.print("%d of %d retained emits outlived kill -9 with AOF".formatted(WAITS, WAITS));
    }
  }
}
