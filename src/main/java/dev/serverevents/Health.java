package dev.serverevents;

import org.jspecify.annotations.Nullable;

/**
 * How the verticles of a Vert.x are, all of them together.
 *
 * @param inputStore whether every connection that publishes is up, and Redis lets it publish
 * @param outputStore whether every connection that subscribes is up and hears
 * @param heartbeatAge ms since a heartbeat was last answered and heard, where that is longest
 * @param heartbeatLimit what that must not exceed, in ms: three intervals
 * @param draining whether one of them is being undeployed
 * @param refusal the code of the error with which Redis refuses to publish heartbeats, for example
 *     {@code NOPERM}; null if it does not
 */
public record Health(
    boolean inputStore,
    boolean outputStore,
    long heartbeatAge,
    long heartbeatLimit,
    boolean draining,
    @Nullable String refusal) {

  /** Whether heartbeats have gone both ways of late. */
  public boolean heartbeat() {
    return heartbeatAge <= heartbeatLimit;
  }
}
