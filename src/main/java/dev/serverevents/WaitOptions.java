package dev.serverevents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a wait waits.
 *
 * @param timeout in ms, or null for the {@linkplain ServerEvents#timeout() instance's}
 * @param retained whether an event counts that was {@linkplain EmitOptions#retain(Duration) kept},
 *     when it was emitted before the wait, or while its server had no connection to Redis
 */
public record WaitOptions(@Nullable Long timeout, boolean retained) {

  /** The defaults: the instance's timeout, and only what is emitted from now on. */
  public static final WaitOptions DEFAULT = new WaitOptions(null, false);

  /** The same with a timeout in ms, from 1 to the limit {@link LimitsOptions#getTimeout()}. */
  public WaitOptions timeout(long timeout) {
    return new WaitOptions(timeout, retained);
  }

  /** The same with a timeout. */
  public WaitOptions timeout(Duration timeout) {
    return timeout(timeout.toMillis());
  }

  /** The same with or without kept events. */
  public WaitOptions retained(boolean retained) {
    return new WaitOptions(timeout, retained);
  }
}
