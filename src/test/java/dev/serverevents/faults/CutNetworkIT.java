package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventArgs;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEvents;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.RetainedCycles;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestNetwork;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A network that is cut without a word to either end, as a failed router or a firewall does it. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class CutNetworkIT {

  private static final int WAITS = 200;
  private static final long CUT_MS = 8_000;

  /** From 1 to 21 s. */
  private static long timeout(int i) {
    return 1_000 + i * 20_000L / WAITS;
  }

  private static List<EventWait> waits(ServerEvents events, String name, boolean retained) {
    var waits = new ArrayList<EventWait>();
    for (var i = 0; i < WAITS; i++) {
      var options = WaitOptions.DEFAULT.timeout(timeout(i)).retained(retained);
      waits.add(events.listen(name, i, options));
    }
    return waits;
  }

  @Test
  void aWaitIsNeverToldThatItTimedOutThoughItsEventWasPublished(Server server) {
    try (var network = new TestNetwork();
        var redis = TestRedis.startIn(network)) {
      var url = "redis://%s:%d".formatted(TestNetwork.HOST, redis.port());
      server.deploy(server.options().setConnectionString(url));
      var events = server.events();
      var plain = waits(events, "plain", false);
      var retained = waits(events, "retained", true);
      plain.forEach(wait -> result(wait.subscribed()));
      retained.forEach(wait -> result(wait.subscribed()));
      network.cut();
      var cut = System.nanoTime();
      var published = new ArrayList<Request>();
      for (var i = 0; i < WAITS; i++) {
        published.add(TestRedis.retainedEmit("plain", i, "[\"plain\",%d]".formatted(i)).get(1));
        published.addAll(TestRedis.retainedEmit("retained", i, "[\"retained\",%d]".formatted(i)));
      }
      redis.transaction(published);
      Await.until(() -> System.nanoTime() - cut > TimeUnit.MILLISECONDS.toNanos(CUT_MS));
      network.mend();
      Await.until(events::isReady);
      var back = Figures.msSince(cut);
      report("plain", plain);
      var found = report("retained", retained);
      Figures.print("ready again %d ms after the cut".formatted(back));
      for (var i = 0; i < WAITS; i++) {
        if (timeout(i) > back + 2_000) { // it was subscribed again in its time
          assertThat(found.get(i).succeeded()).as("retained wait " + i).isTrue();
        }
      }
      server.undeploy();
    }
  }

  private static List<Future<EventArgs>> report(String name, List<EventWait> waits) {
    var outcomes = waits.stream().map(EventWait::future).toList();
    outcomes.forEach(outcome -> result(outcome.transform(ended -> Future.succeededFuture())));
    Figures.print(
        "%s: %d answered, %d unavailable, %d timed out"
            .formatted(
                name,
                outcomes.stream().filter(Future::succeeded).count(),
                count(outcomes, UnavailableException.class),
                count(outcomes, EventTimeoutException.class)));
    assertThat(count(outcomes, EventTimeoutException.class)).isZero();
    return outcomes;
  }

  private static long count(List<Future<EventArgs>> outcomes, Class<?> kind) {
    return outcomes.stream().filter(outcome -> kind.isInstance(outcome.cause())).count();
  }

  @Test
  void aFifthOfAllPacketsCanBeLost(Server server) {
    try (var network = new TestNetwork();
        var redis = TestRedis.startIn(network)) {
      var url = "redis://%s:%d".formatted(TestNetwork.HOST, redis.port());
      server.deploy(server.options().setConnectionString(url));
      network.drop(0.2);
      new RetainedCycles(server.events(), server.events(), "lossy").run(i -> i < 2_000);
      network.mend();
      server.undeploy();
    }
  }
}
