package dev.serverevents;

import dev.serverevents.internal.Fields;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a wait waits.
 *
 * @param timeout in ms, or null for the {@linkplain ServerEvents#timeout() instance's}
 * @param retained whether an event counts that was {@linkplain EmitOptions#retain(Duration) kept},
 *     when it was emitted before the wait, or while its server had no connection to Redis
 * @param direct whether a request's job is answered by a {@linkplain ServerEvents#reply direct
 *     reply}; of no meaning to a wait without a job
 * @param needsWorker whether the wait ends as soon as nobody serves its name
 * @param watchesWorker whether a request knows which worker has its job, and that worker knows when
 *     the result is wanted no more
 * @param stalledAfter after how many ms without a sign of life of the worker that has the job the
 *     wait ends; null for never
 */
public record WaitOptions(
    @Nullable Long timeout,
    boolean retained,
    boolean direct,
    boolean needsWorker,
    boolean watchesWorker,
    @Nullable Long stalledAfter) {

  /** The shortest time after which a worker can count as stalled, in ms. */
  public static final long MIN_STALLED_AFTER = 500;

  /** The defaults: the instance's timeout, and only what is emitted from now on. */
  public static final WaitOptions DEFAULT = new WaitOptions(null, false, false, false, false, null);

  /** Checks its parts; throws {@link InvalidInputException}. */
  public WaitOptions {
    if (stalledAfter != null) {
      Fields.integer(
          "stalledAfter", stalledAfter, MIN_STALLED_AFTER, ServerEventsOptions.MAX_TIMEOUT);
    }
  }

  /** The same with a timeout in ms, from 1 to the limit {@link LimitsOptions#getTimeout()}. */
  public WaitOptions timeout(long timeout) {
    return new WaitOptions(timeout, retained, direct, needsWorker, watchesWorker, stalledAfter);
  }

  /** The same with a timeout. */
  public WaitOptions timeout(Duration timeout) {
    return timeout(timeout.toMillis());
  }

  /** The same with or without kept events. */
  public WaitOptions retained(boolean retained) {
    return new WaitOptions(timeout, retained, direct, needsWorker, watchesWorker, stalledAfter);
  }

  /**
   * The same with or without a direct reply: the job has a {@link Job#replyTo()}, and only the
   * answer to this very job ends the wait.
   */
  public WaitOptions direct(boolean direct) {
    return new WaitOptions(timeout, retained, direct, needsWorker, watchesWorker, stalledAfter);
  }

  /**
   * The same, but the wait fails with {@link NoWorkerException} if no worker {@linkplain
   * ServerEvents#work serves} its name: at once, before a job is handed over, and later if the last
   * worker leaves before one has claimed the job. A request watches its worker as well.
   */
  public WaitOptions requireWorker() {
    return requireWorker(true);
  }

  /** The same, with or without the need of a worker. */
  public WaitOptions requireWorker(boolean needsWorker) {
    return new WaitOptions(timeout, retained, direct, needsWorker, watchesWorker, stalledAfter);
  }

  /**
   * The same, but a request watches the worker that claims its job. The wait fails with {@link
   * WorkerLostException} when the worker's connection to Redis is gone, unless its jobs go back to
   * where they came from. The worker is told when the wait ends without its result.
   */
  public WaitOptions watchWorker() {
    return new WaitOptions(timeout, retained, direct, needsWorker, true, stalledAfter);
  }

  /**
   * The same, but a request watches its worker, and fails with {@link WorkerLostException} when the
   * worker has shown no sign of life for so long, though its connection may be there: neither
   * progress nor a heartbeat.
   *
   * @param ms from {@value #MIN_STALLED_AFTER} to {@value ServerEventsOptions#MAX_TIMEOUT}; a
   *     worker shows four signs of life in that time
   */
  public WaitOptions stalledAfter(long ms) {
    return new WaitOptions(timeout, retained, direct, needsWorker, watchesWorker, ms);
  }

  /** Whether a request with these options watches the worker that has its job. */
  public boolean isWatching() {
    return watchesWorker || needsWorker || stalledAfter != null;
  }
}
