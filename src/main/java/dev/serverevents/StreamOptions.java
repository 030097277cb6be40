package dev.serverevents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a stream listens.
 *
 * @param timeout for how long, in ms; null for the {@linkplain ServerEvents#timeout() instance's},
 *     or for no end where it follows
 * @param retained whether a result counts that was {@linkplain EmitOptions#retain(Duration) kept}
 * @param follow whether it goes on after a result or a failure
 * @param needsWorker whether it ends as soon as nobody serves its name
 */
public record StreamOptions(
    @Nullable Long timeout, boolean retained, boolean follow, boolean needsWorker) {

  /** The defaults: the instance's timeout, only what is emitted from now on, until the result. */
  public static final StreamOptions DEFAULT = new StreamOptions(null, false, false, false);

  /** The same with a timeout in ms, from 1 to the limit {@link LimitsOptions#getTimeout()}. */
  public StreamOptions timeout(long timeout) {
    return new StreamOptions(timeout, retained, follow, needsWorker);
  }

  /** The same with a timeout. */
  public StreamOptions timeout(Duration timeout) {
    return timeout(timeout.toMillis());
  }

  /** The same with or without kept results. */
  public StreamOptions retained(boolean retained) {
    return new StreamOptions(timeout, retained, follow, needsWorker);
  }

  /** The same, going on after a result or not. */
  public StreamOptions follow(boolean follow) {
    return new StreamOptions(timeout, retained, follow, needsWorker);
  }

  /** The same, but it ends with {@link NoWorkerException} when no worker serves its name. */
  public StreamOptions requireWorker() {
    return requireWorker(true);
  }

  /** The same, with or without the need of a worker. */
  public StreamOptions requireWorker(boolean needsWorker) {
    return new StreamOptions(timeout, retained, follow, needsWorker);
  }
}
