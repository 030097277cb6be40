package dev.serverevents.faults;

import static dev.serverevents.faults.WorkerFaultsIT.NAME;
import static dev.serverevents.faults.WorkerFaultsIT.WATCHING;
import static dev.serverevents.faults.WorkerFaultsIT.ask;
import static dev.serverevents.faults.WorkerFaultsIT.causes;
import static dev.serverevents.faults.WorkerFaultsIT.hold;
import static dev.serverevents.faults.WorkerFaultsIT.print;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.ClaimedJob;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.TestNetwork;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Workers and API servers that are cut off, and what the other side learns. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class WorkerNetworkIT {

  /** For how many seconds packets are lost. */
  private static final int LOSS_S = Integer.getInteger("presence.loss.seconds", 20);

  @Test
  void aWorkerThatIsCutOffHasStalled(Server api) {
    try (var network = new TestNetwork();
        var redis = TestRedis.startIn(network)) {
      api.deploy(api.options().setConnectionString(redis.url()));
      var cut = "redis://%s:%d".formatted(TestNetwork.HOST, redis.port());
      var worker =
          ServerProcess.program(WorkerProgram.class, cut, NAME, 10, WorkerProgram.Kind.HOLDS);
      worker.awaitOutput("ready");
      var waits = ask(api.events(), 10, WATCHING.stalledAfter(2_000));
      worker.awaitOutput("has 10");
      network.cut();
      var since = System.nanoTime();
      assertThat(causes(waits)).isEqualTo(Map.of(Cause.STALLED, 10L));
      print("10 waits of a worker that was cut off", since, 0);
      network.mend();
      worker.kill();
      api.undeploy();
    }
  }

  @Test
  void theWorkerOfAServerThatIsCutOffIsTold(Server server) {
    try (var network = new TestNetwork();
        var redis = TestRedis.startIn(network)) {
      server.deploy(server.options().setConnectionString(redis.url()));
      var jobs = new ConcurrentHashMap<String, ClaimedJob>();
      var never = Promise.<Void>promise();
      var working = hold(server.events(), jobs, never);
      var cut = "redis://%s:%d".formatted(TestNetwork.HOST, redis.port());
      var api = ServerProcess.program(AskingProgram.class, cut, NAME, true, "1");
      Await.until(() -> jobs.size() == 1);
      network.cut();
      var since = System.nanoTime();
      result(jobs.get("1").cancelled());
      print("job of a server that was cut off", since, 0);
      api.kill();
      network.mend();
      never.complete();
      result(working.close());
      server.undeploy();
    }
  }

  /** Both sides lose a fifth of their packets; nobody is taken for gone. */
  @Test
  void lostPacketsAreNoFalseAlarm(Server api, Server worker) {
    try (var network = new TestNetwork();
        var redis = TestRedis.startIn(network)) {
      var lossy = "redis://%s:%d".formatted(TestNetwork.HOST, redis.port());
      api.deploy(api.options().setConnectionString(lossy));
      worker.deploy(worker.options().setConnectionString(lossy));
      var jobs = new ConcurrentHashMap<String, ClaimedJob>();
      var until = Promise.<Void>promise();
      var working = hold(worker.events(), jobs, until);
      var waits = ask(api.events(), 50, WATCHING.stalledAfter(20_000));
      Await.until(() -> jobs.size() == 50);
      network.drop(0.2);
      api.vertx().timer(LOSS_S * 1_000L).await();
      network.mend();
      assertThat(jobs.values()).noneMatch(ClaimedJob::isCancelled);
      for (var wait : waits) {
        assertThat(wait.future().cause()).isNull();
      }
      until.complete();
      assertThat(causes(waits).keySet()).containsExactly(Cause.RESULT);
      Figures.print("no false alarm in %d s with a fifth of all packets lost".formatted(LOSS_S));
      result(working.close());
      worker.undeploy();
      api.undeploy();
    }
  }
}
