package dev.serverevents.bus;

import dev.serverevents.EventArgs;

/** What a verticle tells a {@link BusServerEvents}, in answer to a {@link Command}. */
public sealed interface Notice {

  /**
   * Redis has confirmed the wait's subscription.
   *
   * @param epoch the number of the connection on which it did
   */
  record Subscribed(PendingWait pending, long epoch) implements Notice {}

  /** The wait's event. */
  record Arrived(PendingWait pending, EventArgs args) implements Notice {}

  /** The wait has failed. */
  record Ended(PendingWait pending, Throwable cause) implements Notice {}

  /** Redis has published the emit. */
  record Emitted(long number, int receivers) implements Notice {}

  /** The emit failed. */
  record NotEmitted(long number, Throwable cause) implements Notice {}
}
