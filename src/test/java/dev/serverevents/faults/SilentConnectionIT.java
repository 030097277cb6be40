package dev.serverevents.faults;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEvents;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections that are open, and on which nothing comes any more. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class SilentConnectionIT {

  private static final long STOPPED_MS = 15_000;

  /** When each store's connection was given up, in ms from now. */
  private static Map<Store, Long> errors(ServerEvents events) {
    var since = System.nanoTime();
    var found = new ConcurrentHashMap<Store, Long>();
    events.onError((store, cause) -> found.putIfAbsent(store, Figures.msSince(since)));
    return found;
  }

  @Test
  @OwnRedis
  void aRedisThatIsStoppedIsFoundAndServesOnceItGoesOn(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.listen("stopped", 1, 60_000);
    result(wait.subscribed());
    var goesOn = server.vertx().timer(STOPPED_MS);
    server.redis().signal("STOP");
    var errors = errors(events);
    Await.until(() -> errors.containsKey(Store.INPUT_STORE));
    assertThat(goesOn.isComplete()).as("found only when it went on").isFalse();
    assertThat(events.isReady()).isFalse();
    assertThat(failure(events.on("stopped", 2, 50)))
        .as("a wait that cannot listen")
        .isInstanceOf(UnavailableException.class);
    Figures.print("a stopped Redis found after %s ms, heartbeat 5,000 ms".formatted(errors));
    result(goesOn);
    server.redis().signal("CONT");
    Await.until(events::isReady);
    assertThat(result(events.emit("stopped", 1, "after"))).isEqualTo(1);
    assertThat(result(wait.future()).get(0)).isEqualTo("after");
    assertThat(failure(events.on("stopped", 2, 200))).isInstanceOf(EventTimeoutException.class);
  }

  @Test
  void connectionsThatSwallowBytesAreFoundAndMadeAgain(Server server) {
    try (var proxy = TcpProxy.before(server.redis())) {
      server.deploy(server.options().setConnectionString(proxy.url()).setHeartbeat(1_000));
      var events = server.events();
      var wait = events.listen("swallowed", 1, 60_000);
      result(wait.subscribed());
      proxy.swallow();
      var errors = errors(events);
      Await.until(() -> errors.size() == 2 && events.isReady());
      Figures.print(
          "connections that swallow found after %s ms, heartbeat 1,000 ms".formatted(errors));
      result(events.emit("swallowed", 1, "after"));
      assertThat(result(wait.future()).get(0)).isEqualTo("after");
      server.undeploy();
    }
  }
}
