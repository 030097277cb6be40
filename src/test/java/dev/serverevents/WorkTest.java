package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs that a worker does, and what their waits and the worker learn of each other. */
@ExtendWith(ServerExtension.class)
class WorkTest {

  private static final WaitOptions WATCHING = WaitOptions.DEFAULT.timeout(30_000).watchWorker();

  @Test
  void aJobIsHandedOverDoneAndAnswered(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var jobs = api.events().jobList("double");
    var working =
        worker
            .events()
            .work(
                "double",
                job ->
                    job.progress(50)
                        .map(
                            told ->
                                EventArgs.ofJson(
                                    io.vertx.core.buffer.Buffer.buffer(
                                        "[" + 2 * (Integer) job.data() + ",\"done\"]"))));
    result(working.ready());
    for (var options : List.of(WaitOptions.DEFAULT, WATCHING, WATCHING.direct(true))) {
      var args = result(api.events().request("double", 1, options, job -> jobs.push(job.data(21))));
      assertThat(args.list()).containsExactly(42, "done");
    }
    result(working.close());
  }

  @Test
  void aWaitThatNeedsAWorkerFailsAtOnceWithoutOne(Server api) {
    api.deploy();
    var handedOver = new CopyOnWriteArrayList<Job>();
    var failure =
        (NoWorkerException)
            failure(
                api.events()
                    .request(
                        "job",
                        1,
                        WATCHING.requireWorker(),
                        job -> {
                          handedOver.add(job);
                          return Future.succeededFuture();
                        }));
    assertThat(failure.cause()).isEqualTo(Cause.NO_WORKER);
    assertThat(handedOver).isEmpty();
  }

  @Test
  void aJobThatNobodyWantsAnyMoreIsCancelled(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var jobs = api.events().jobList("slow");
    var taken = Promise.<ClaimedJob>promise();
    var never = Promise.<String>promise();
    var working =
        worker
            .events()
            .work(
                "slow",
                job -> {
                  taken.complete(job);
                  return never.future();
                });
    result(working.ready());
    var wait = api.events().listen("slow", 1, WATCHING, jobs::push);
    var job = result(taken.future());
    assertThat(job.isCancelled()).isFalse();
    wait.cancel();
    result(job.cancelled());
    never.complete("too late");
    result(working.close());
  }
}
