package dev.serverevents;

import io.vertx.core.Future;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker's jobs come from: a queue, a broker, a table. {@link ServerEvents#jobList} is one
 * on a Redis list. All of it is called on one event loop, and must not block it.
 */
public interface JobSource {

  /** A job that a worker has taken and not done yet. */
  interface Taken {
    /** The job. */
    Job job();

    /** The job has ended in whatever way, so that the source may forget it. */
    Future<?> done();
  }

  /**
   * Takes the next job for a worker. It is asked again after each answer, as long as the worker has
   * room for a job.
   *
   * @param workerId the {@link Worker#id()}
   * @return the job, or null if there was none for a while; should complete within some seconds,
   *     since a worker that closes waits for it. What it fails with is logged, and it is asked
   *     again a second later
   */
  Future<@Nullable Taken> take(String workerId);

  /**
   * Whether a job that was taken goes back when its worker dies, so that another worker may take
   * it: then nobody has to be told that the worker was lost.
   */
  default boolean givesBack() {
    return false;
  }

  /** The workers that have taken jobs which are not done, asked for once a second. */
  default Future<Set<String>> holders() {
    return Future.succeededFuture(Set.of());
  }

  /** Gives back the jobs of a worker that is gone; several may do that at a time. */
  default Future<?> giveBack(String workerId) {
    return Future.succeededFuture();
  }

  /** A worker takes no more jobs, and all that it has taken are done. */
  default Future<?> close(String workerId) {
    return Future.succeededFuture();
  }
}
