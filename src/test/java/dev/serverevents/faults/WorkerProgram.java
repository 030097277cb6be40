package dev.serverevents.faults;

import dev.serverevents.ClaimedJob;
import dev.serverevents.EmitOptions;
import dev.serverevents.JobSource;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.WorkOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A worker of {@link WorkerFaultsIT}, as a process that can be killed and stopped. It prints {@code
 * ready}, {@code has N} for each number of jobs that it holds, and {@code cancelled ID}.
 */
final class WorkerProgram {

  /** What it does with a job. */
  enum Kind {
    /** It never ends, and does not go back. */
    KEEPS,
    /** It never ends, and goes back. */
    HOLDS,
    /** Its id is the result, at once. */
    ANSWERS,
    /** Its id is the result, after two seconds. */
    ANSWERS_LATE
  }

  private WorkerProgram() {}

  /** Takes the URL of Redis, the name of the jobs, how many to hold at a time, and the kind. */
  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    var options = new ServerEventsOptions().setConnectionString(args[0]);
    vertx
        .deployVerticle(new ServerEventsVerticle(options))
        .compose(deployed -> work(vertx, args))
        .onSuccess(ready -> System.out.println("ready"))
        .onFailure(Throwable::printStackTrace);
  }

  private static Future<Void> work(Vertx vertx, String[] args) {
    var events = ServerEvents.create(vertx);
    var kind = Kind.valueOf(args[3]);
    var list = events.jobList(args[1]);
    var held = new AtomicInteger();
    var how = new WorkOptions(Integer.parseInt(args[2]), EmitOptions.DEFAULT);
    return events
        .work(
            args[1],
            kind == Kind.KEEPS ? new Keeping(list) : list,
            how,
            job -> {
              System.out.println("has " + held.incrementAndGet());
              job.cancelled().onSuccess(gone -> System.out.println("cancelled " + job.id()));
              return work(vertx, kind, job);
            })
        .ready();
  }

  private static Future<?> work(Vertx vertx, Kind kind, ClaimedJob job) {
    return switch (kind) {
      case KEEPS, HOLDS -> Promise.promise().future();
      case ANSWERS -> Future.succeededFuture(job.id());
      case ANSWERS_LATE -> vertx.timer(2_000).map(late -> job.id());
    };
  }

  /** The jobs of a list, as if they did not go back. */
  private record Keeping(JobSource list) implements JobSource {
    @Override
    public Future<@Nullable Taken> take(String workerId) {
      return list.take(workerId);
    }
  }
}
