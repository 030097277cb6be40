package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.Job;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was asked for one wait does not prove for another that its worker has been silent since. */
class SignOfLifeTest {

  private static final String WORKER = "w";

  private final TestServer server =
      new TestServer(new ServerEventsOptions(), vertx -> {}, newcomer -> {});
  private final List<Job> jobs = new ArrayList<>();

  private Future<EventArgs> request(int id, long stalledAfter) {
    var options = WaitOptions.DEFAULT.timeout(60_000).stalledAfter(stalledAfter);
    return server
        .events()
        .request(
            "job",
            id,
            options,
            job -> {
              jobs.add(job);
              return Future.succeededFuture();
            });
  }

  private void publish(Job job, Signal signal) {
    server.run(() -> server.redis().publish(String.valueOf(job.claimTo()), signal.encode()));
  }

  private void advance(long ms) {
    server.clock().advance(Duration.ofMillis(ms));
  }

  @Test
  void whatIsOnItsWayWhenTheSecondWaitLosesPatienceIsASignOfLifeForIt() {
    try {
      server.run(() -> server.redis().subscribe(WireNames.worker(WORKER), told -> {}));
      var first = request(1, 1_000);
      var second = request(2, 1_700);
      server.clock().settle();
      assertThat(jobs).hasSize(2);
      jobs.forEach(job -> publish(job, new Signal.Claim(job.name(), job.id(), WORKER, false)));
      server.clock().settle();
      server.run(() -> server.redis().slow(400)); // so that each question takes 800
      advance(1_600);
      publish(jobs.get(1), new Signal.Alive(WORKER, Optional.empty()));
      advance(1_100);
      assertThat(Cause.of(first.cause())).isEqualTo(Cause.STALLED);
      assertThat(second.isComplete()).isFalse();

      advance(5_000);
      assertThat(Cause.of(second.cause())).isEqualTo(Cause.STALLED);
    } finally {
      server.close();
    }
  }
}
