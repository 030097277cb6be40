package dev.serverevents;

import io.vertx.core.Future;

/**
 * Jobs on a Redis list. A worker moves the job that it takes to a list of its own (BLMOVE), where
 * it stays until it is done. The jobs of a worker that is gone are moved back to the list by any
 * other worker of the same list. Needs Redis 6.2 or later.
 */
public interface JobList extends JobSource {

  /**
   * Adds a job at the end.
   *
   * @return how many jobs are on the list now; fails with {@link UnavailableException} if Redis
   *     does not take it
   */
  Future<Integer> push(Job job);

  /**
   * Takes a job back that no worker has taken yet.
   *
   * @return whether it was there; fails with {@link UnavailableException}
   */
  Future<Boolean> remove(Job job);
}
