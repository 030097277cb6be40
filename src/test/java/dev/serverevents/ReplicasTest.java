package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An emit that replicas must have waits for them, and nothing else does. */
@OnlyOnRedis("It is about the replicas of a Redis.")
@ExtendWith(ServerExtension.class)
@Tag("long")
class ReplicasTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(10));

  @Test
  void whatNeedsNoReplicaDoesNotWaitForOne(Server server) {
    var redis = new JsonObject().put("connectionString", server.redis().url()).put("replicas", 1);
    server.deploy(server.options().setRedis(new RedisServerOptions(redis)).setHeartbeat(1_000));
    var events = server.events();
    var errors = new CopyOnWriteArrayList<Throwable>();
    events.onError((store, error) -> errors.add(error));
    var order = new CopyOnWriteArrayList<String>();
    var retained = new ArrayList<Future<Integer>>();
    for (var i = 0; i < 8; i++) {
      retained.add(events.emit(RETAIN, "kept", i, i).onComplete(ended -> order.add("retained")));
      result(events.emit("plain", i, i).onSuccess(emitted -> order.add("plain")));
      assertThat(failure(events.on("looked up", i, WaitOptions.DEFAULT.timeout(50).retained(true))))
          .isInstanceOf(EventTimeoutException.class);
    }
    retained.forEach(emit -> assertThat(failure(emit)).hasMessageContaining("0 of 1 replicas"));
    assertThat(order.subList(0, 8)).containsOnly("plain");
    assertThat(errors).isEmpty();
  }
}
