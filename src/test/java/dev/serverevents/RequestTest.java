package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ServerExtension.class)
class RequestTest {

  @Test
  void aWorkerThatEmitsImmediatelyIsNeverMissed(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var waiting = api.events();
    var emitting = worker.events();
    var resolved =
        InFlight.run(
            10_000,
            64,
            i ->
                waiting
                    .request("job", i, () -> emitting.emit("job", i, i))
                    .map(args -> args.get(0).equals(i)));
    assertThat(resolved).hasSize(10_000).allMatch(Boolean.TRUE::equals);
  }

  @Test
  void aHandOverThatFailsEndsTheWaitAtOnce(Server server) {
    server.deploy();
    var full = new IllegalStateException("queue full");
    var events = server.events();
    assertThat(failure(events.request("job", 1, () -> Future.failedFuture(full)))).isSameAs(full);
    assertThat(
            failure(
                events.request(
                    "job",
                    2,
                    () -> {
                      throw full;
                    })))
        .isSameAs(full);
  }

  @Test
  void aJobThatIsTooSlowTimesOut(Server server) {
    server.deploy();
    assertThat(failure(server.events().request("job", 1, 50, Future::succeededFuture)))
        .isInstanceOf(EventTimeoutException.class);
  }
}
