package dev.serverevents.bus;

import dev.serverevents.EventArgs;

/** What a verticle tells a {@link BusServerEvents}, in answer to a {@link Command}. */
public sealed interface Notice {

  /**
   * Redis has confirmed its subscription.
   *
   * @param epoch the number of the connection on which it did
   */
  record Subscribed(Pending pending, long epoch) implements Notice {}

  /** It is heard no more, though its connection is up; it will be subscribed again. */
  record Lost(Pending pending) implements Notice {}

  /** Its event. */
  record Arrived(Pending pending, EventArgs args) implements Notice {}

  /** It has failed. */
  record Ended(Pending pending, Throwable cause) implements Notice {}

  /** Redis has published the emit. */
  record Emitted(long number, int receivers) implements Notice {}

  /** The emit failed. */
  record NotEmitted(long number, Throwable cause) implements Notice {}
}
