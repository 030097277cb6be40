package dev.serverevents;

import io.vertx.core.Future;

/**
 * Jobs on a Redis list. A worker moves the job that it takes to a list of its own (BLMOVE), where
 * it stays until it is done. The jobs of a worker that is gone are moved back to the list by any
 * other worker of the same list. Needs Redis 6.2 or later.
 *
 * <p>A job is done at least once, as far as Redis loses none: one whose worker dies, or is cut off
 * from Redis, is done again by another worker, though its result may have been emitted. A wait
 * takes one result all the same. Jobs that are equal in all fields are one to the list, so give
 * each an id of its own.
 */
public interface JobList extends JobSource {

  /**
   * Adds a job at the end.
   *
   * @return how many jobs are on the list now; fails with {@link UnavailableException} if there are
   *     too many ({@link JobListOptions#limit}), or Redis refuses it or does not answer within some
   *     seconds. Without an answer, the job may be on the list all the same
   */
  Future<Integer> push(Job job);

  /**
   * Takes a job back that no worker has taken yet.
   *
   * @param job the very job that was pushed
   * @return whether it was there; fails with {@link UnavailableException}
   */
  Future<Boolean> remove(Job job);
}
