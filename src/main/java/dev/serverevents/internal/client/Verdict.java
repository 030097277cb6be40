package dev.serverevents.internal.client;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.wire.EventKey;
import org.jspecify.annotations.Nullable;

/** How a wait or a stream ends whose time is over, once it is settled or cannot be. */
final class Verdict {

  /** Why a wait cannot be settled if the verticle does not answer. */
  static final String NO_ANSWER = "Redis did not tell in time (probeTimeout)";

  private Verdict() {}

  /** A wait was heard all along, and no event came. */
  static ServerEventsException timedOut(EventKey key, long timeout) {
    return new EventTimeoutException(key.name(), key.id(), timeout);
  }

  /**
   * It is not known whether an event was published in the time of a wait.
   *
   * @param why that cannot be found out, or null where the wait was not heard all along
   */
  static ServerEventsException unknown(EventKey key, long timeout, @Nullable String why) {
    return new UnavailableException(
        "No event \"%s\" with id \"%s\" was heard in %d ms, but %s"
            .formatted(
                key.name(),
                key.id(),
                timeout,
                why == null
                    ? "the connection to Redis was not up all the time"
                    : "it cannot be known whether there was one: " + why));
  }
}
