package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Without sharded Pub/Sub, events go over the links between a cluster's nodes, and can be lost. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class BusLinksIT {

  private static final int WAITS = 300;

  private static List<EventWait> listen(Server server, boolean retained, long timeout) {
    var options = WaitOptions.DEFAULT.timeout(timeout).retained(retained);
    var name = retained ? "kept" : "plain";
    var events = server.events();
    var waits = IntStream.range(0, WAITS).mapToObj(id -> events.listen(name, id, options)).toList();
    waits.forEach(wait -> result(wait.subscribed()));
    return waits;
  }

  private static void outcomes(String name, List<EventWait> waits, boolean allAnswered) {
    var outcomes = waits.stream().map(EventWait::future).toList();
    outcomes.forEach(outcome -> result(outcome.transform(ended -> Future.succeededFuture())));
    var answered = outcomes.stream().filter(Future::succeeded).count();
    var unknown = outcomes.stream().filter(o -> o.cause() instanceof UnavailableException).count();
    var timedOut =
        outcomes.stream().filter(o -> o.cause() instanceof EventTimeoutException).count();
    Figures.print(
        "%s: %d answered, %d unavailable, %d timed out"
            .formatted(name, answered, unknown, timedOut));
    assertThat(timedOut).isZero();
    if (allAnswered) {
      assertThat(answered).isEqualTo(WAITS);
    }
  }

  @Test
  void whatWasLostBetweenNodesIsNeverCalledATimeoutAndIsFoundWhereItWasKept(Server server) {
    try (var cluster = new TestCluster(3, 0)) {
      var proxies = cluster.putProxiesBetweenNodes();
      server.deploy(
          server.options().setRedis(cluster.options(PubSub.BROADCAST, 0)).setHeartbeat(1_000));
      var late = listen(server, false, 12_000);
      var kept = listen(server, true, 30_000);
      proxies.forEach(TcpProxy::cut);
      publish(cluster);
      proxies.forEach(TcpProxy::mend);
      outcomes("kept", kept, true);
      outcomes("plain", late, false);
      // With links that stay, nothing is unknown
      cluster.awaitIncomingLinks();
      Await.until(() -> timesOut(server));
      server.undeploy();
      proxies.forEach(TcpProxy::close);
    }
  }

  private static boolean timesOut(Server server) {
    var wait = server.events().on("nothing", 1, 1_500);
    return Await.failure(wait) instanceof EventTimeoutException;
  }

  /** At each node a part of the events, as peers do that are connected there. */
  private static void publish(TestCluster cluster) {
    var masters = cluster.masters();
    var all = new ArrayList<Future<?>>();
    for (var i = 0; i < WAITS; i++) {
      var node = masters.get(i % masters.size());
      node.command("PUBLISH", "plain:" + i, "[\"plain\",%d]".formatted(i));
      var keeper = cluster.owner(cluster.slot("$retained:{kept:" + i + "}:4"));
      for (var request : TestRedis.retainedEmit("kept", i, "[\"kept\",%d]".formatted(i))) {
        all.add(keeper.send(request));
      }
    }
    result(Future.all(all));
  }
}
