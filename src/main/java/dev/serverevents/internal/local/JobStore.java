package dev.serverevents.internal.local;

import io.vertx.core.Future;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists of jobs in Redis, each job as its text. A job that was taken is on a list of the worker's
 * own until it is done. Any thread may use it; all Futures fail with {@link
 * dev.serverevents.UnavailableException} if Redis does not do it.
 */
public interface JobStore {

  /**
   * A list.
   *
   * @param key its key; with more behind it, in the same slot, it is the key of what belongs to it
   * @param lifetime for how many ms the list lasts after a job was added, or 0 for ever
   */
  record JobsKey(String key, long lifetime) {

    /** The key of the jobs that a worker has taken and not done yet. */
    public String taken(String workerId) {
      return key + ":" + workerId;
    }

    /** The key of the ids of the workers that take jobs. */
    public String workers() {
      return key + ":workers";
    }
  }

  /** Adds a job at the end of a list; gives how many there are now. */
  Future<Integer> push(JobsKey list, String job);

  /** Takes a job off a list that nobody has taken; tells whether it was there. */
  Future<Boolean> remove(JobsKey list, String job);

  /**
   * Takes the first job of a list for a worker; gives null if there was none for a while. A worker
   * takes one after another, and all that concerns a worker is called on one event loop.
   */
  Future<@Nullable String> take(JobsKey list, String workerId);

  /**
   * Forgets a job that a worker has taken. Never fails: what Redis does not do now, it is asked for
   * again.
   */
  Future<?> done(JobsKey list, String workerId, String job);

  /** The workers that take jobs of a list, or have taken some. */
  Future<Set<String>> holders(JobsKey list);

  /** Moves the jobs that a worker has taken back to the beginning of the list. */
  Future<?> giveBack(JobsKey list, String workerId);

  /** A worker takes no jobs of the list any more. */
  Future<?> close(JobsKey list, String workerId);

  /** Closes its connections. */
  void close();
}
