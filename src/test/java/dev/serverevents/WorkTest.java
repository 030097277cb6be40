package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Jobs that a worker does, and what their waits and the worker learn of each other. */
@OnBothBackends
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

  /** A job lies on its list until a worker comes, who then asks whether anybody waits for it. */
  @Test
  void aJobWhoseWaitHasEndedBeforeAWorkerTookItIsDoneForWhoeverWaitsNow(Server api, Server worker) {
    api.deploy();
    worker.deploy();
    var jobs = api.events().jobList("late");
    for (var id : List.of("unwanted", "wanted")) {
      var asked = api.events().request("late", id, WATCHING.timeout(100), jobs::push);
      assertThat(((EventTimeoutException) failure(asked)).cause()).isEqualTo(Cause.NEVER_CLAIMED);
    }
    var wait = api.events().listen("late", "wanted", WaitOptions.DEFAULT);
    result(wait.subscribed());
    var cancelled = Promise.<Void>promise();
    var events = worker.events();
    var working =
        events.work(
            "late",
            events.jobList("late"),
            WorkOptions.DEFAULT.concurrency(2),
            job ->
                job.id().equals("wanted")
                    ? cancelled.future().map("done")
                    : job.cancelled().onComplete(cancelled).map("in vain"));
    result(working.ready());
    assertThat(result(wait.future()).get(0)).isEqualTo("done");
    result(working.close());
  }

  /** Has three jobs; whatever else it is asked throws, or gives null in the place of a Future. */
  private static final class Careless implements JobSource {

    private final Iterator<String> ids = List.of("1", "2", "3").iterator();

    @Override
    public Future<@Nullable Taken> take(String workerId) {
      if (!ids.hasNext()) {
        return Future.failedFuture("no more");
      }
      var job = new Job("careless", ids.next(), null, null, 0, 0, Map.of(), null);
      return Future.succeededFuture(
          new Taken() {
            @Override
            public Job job() {
              return job;
            }

            @Override
            public Future<?> done() {
              return refuse(job.id().equals("1"));
            }
          });
    }

    @Override
    public boolean givesBack() {
      return true;
    }

    @Override
    public Future<Set<String>> holders() {
      return refuse(true);
    }

    @Override
    public Future<?> close(String workerId) {
      return refuse(true);
    }

    private static <T> Future<T> refuse(boolean throwing) {
      if (throwing) {
        throw new IllegalStateException("a fault of the source");
      }
      return null;
    }
  }

  @Test
  void aSourceThatThrowsOrGivesNoFutureStopsNoWorker(Server server) {
    server.deploy();
    var events = server.events();
    var waits = Server.listen(events, "careless", 4, WaitOptions.DEFAULT.timeout(30_000));
    var working =
        events.work(
            "careless",
            new Careless(),
            WorkOptions.DEFAULT,
            job -> Future.succeededFuture(job.id()));
    result(working.ready());
    for (var id = 1; id <= 3; id++) {
      assertThat(result(waits.get(id).future()).get(0)).isEqualTo(String.valueOf(id));
    }
    result(working.close());
    waits.get(0).cancel();
  }
}
