package dev.serverevents.bus;

import dev.serverevents.redis.Kept;
import dev.serverevents.redis.WireFormat.Payload;
import org.jspecify.annotations.Nullable;

/** What a verticle tells a {@link BusServerEvents}, in answer to a {@link Command} or later. */
public sealed interface Notice {

  /**
   * Redis has confirmed a subscription.
   *
   * @param epoch the number of the connection on which it did
   */
  record Subscribed(Subscriber subscriber, long epoch) implements Notice {}

  /** A channel is heard no more; it will be subscribed again. */
  record Lost(Subscriber subscriber) implements Notice {}

  /**
   * What is kept for a subscriber was looked up.
   *
   * @param epoch the number of the connection on which its channel was heard before
   * @param kept what is kept, or null
   */
  record LookedUp(Subscriber subscriber, long epoch, @Nullable Kept kept) implements Notice {}

  /** An event came. */
  record Arrived(Subscriber subscriber, Payload payload) implements Notice {}

  /** Events that came have been left out, since too many were on their way. */
  record Missed(Subscriber subscriber) implements Notice {}

  /**
   * All that was published before the subscriber asked has been told to it.
   *
   * @param epoch the number of the connection of which that is known, or 0 where it is not
   * @param why it is not known, or null
   */
  record Settled(Subscriber subscriber, long epoch, @Nullable String why) implements Notice {}

  /** A subscriber has ended. */
  record Ended(Subscriber subscriber, Throwable cause) implements Notice {}

  /** Redis has published an emit. */
  record Emitted(PendingEmit emit, int receivers) implements Notice {}

  /** An emit failed. */
  record NotEmitted(PendingEmit emit, Throwable cause) implements Notice {}
}
