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

  /** Adds a job at the end of a list; gives how many there are now. */
  Future<Integer> push(String list, String job);

  /** Takes a job off a list that nobody has taken; tells whether it was there. */
  Future<Boolean> remove(String list, String job);

  /** Takes the first job of a list for a worker; gives null if there was none for a while. */
  Future<@Nullable String> take(String list, String workerId);

  /** Forgets a job that a worker has taken. */
  Future<?> done(String list, String workerId, String job);

  /** The workers that have taken jobs of a list. */
  Future<Set<String>> holders(String list);

  /** Moves the jobs that a worker has taken back to the beginning of the list. */
  Future<?> giveBack(String list, String workerId);

  /** A worker takes no jobs of the list any more. */
  Future<?> close(String list, String workerId);

  /** Closes its connections. */
  void close();
}
