package dev.serverevents.internal.client;

import dev.serverevents.ClaimedJob;
import dev.serverevents.JobSource;
import dev.serverevents.ServerEvents;
import dev.serverevents.UnavailableException;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.journal.WorkerReport;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.worker.RunningWorker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The workers that one ServerEvents has made. Used on its context only, unless said otherwise. */
final class Work {

  /** What only stands for an id where a name alone is checked. */
  private static final String ANY_ID = "any";

  private final Home home;
  private final Verticles verticles;
  private final ServerEvents events;
  private final Set<RunningWorker> all = new HashSet<>();

  Work(Home home, Verticles verticles, ServerEvents events) {
    this.home = home;
    this.verticles = verticles;
    this.events = events;
  }

  /** Makes a worker. Any thread may call it, for a caller on any context. */
  Worker start(
      Object name,
      JobSource source,
      WorkOptions options,
      Function<ClaimedJob, Future<?>> handler,
      ContextInternal caller) {
    Fields.present("source", source);
    Fields.present("options", options);
    Fields.present("handler", handler);
    var key = EventKey.of(name, ANY_ID, verticles.limits());
    try {
      var worker =
          new RunningWorker(
              new RunningWorker.Home(
                  home.context(),
                  home.clock(),
                  home.notices(),
                  home.tracing(),
                  caller,
                  all::remove),
              verticles.listening(key),
              events,
              key.name(),
              source,
              options,
              handler);
      home.run(
          () -> {
            all.add(worker);
            home.books().opened();
            worker.start();
          });
      return worker;
    } catch (UnavailableException refused) {
      return new Refused(caller.failedFuture(refused), caller.succeededFuture());
    }
  }

  /** A worker that cannot work. */
  private record Refused(Future<Void> ready, Future<Void> close) implements Worker {
    @Override
    public String id() {
      return "";
    }
  }

  /** What is known of all workers. */
  List<WorkerReport> reports() {
    return all.stream().map(RunningWorker::report).toList();
  }

  /**
   * Has all workers take no more jobs. Completes when those that they have are done, or the drain
   * timeout is over; at once if there are none.
   */
  Future<Void> close() {
    if (all.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> closed = home.context().promise();
    var timer = home.setTimer(Math.max(1, verticles.drainTimeout()), closed::tryComplete);
    Future.join(List.copyOf(all).stream().map(RunningWorker::close).toList())
        .onComplete(
            done -> {
              home.cancel(timer);
              closed.tryComplete();
            });
    return closed.future();
  }
}
