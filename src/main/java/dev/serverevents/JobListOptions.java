package dev.serverevents;

import dev.serverevents.internal.Fields;
import java.time.Duration;

/**
 * How long a {@link JobList} may become, and how long it lasts. All who use a list should use the
 * same.
 *
 * @param limit how many jobs may wait on the list, from 1; 0 for as many as Redis has room for
 * @param lifetime in ms, for how long the list lasts after the last job was added, from 1; 0 for
 *     ever
 */
public record JobListOptions(int limit, long lifetime) {

  /** The longest lifetime, in ms: ten years. */
  public static final long MAX_LIFETIME = 315_360_000_000L;

  /** The defaults: no limit, and the list lasts for ever. */
  public static final JobListOptions DEFAULT = new JobListOptions(0, 0);

  /** Checks its parts; throws {@link InvalidInputException}. */
  public JobListOptions {
    Fields.integer("limit", limit, 0, Integer.MAX_VALUE);
    Fields.integer("lifetime", lifetime, 0, MAX_LIFETIME);
  }

  /**
   * The same with a limit: {@link JobList#push} then fails with {@link UnavailableException} (cause
   * {@link Cause#LIMIT}) if so many jobs wait on the list already.
   */
  public JobListOptions limit(int limit) {
    return new JobListOptions(limit, lifetime);
  }

  /**
   * The same with a lifetime: jobs that no worker takes for so long after the last one was added
   * are gone. What a worker has taken is not concerned.
   */
  public JobListOptions lifetime(Duration lifetime) {
    return new JobListOptions(limit, lifetime.toMillis());
  }
}
