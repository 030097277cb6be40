package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.wire.EventKey;
import org.jspecify.annotations.Nullable;

/** How a wait or a stream ends whose time is over, once it is settled or cannot be. */
final class Verdict {

  private Verdict() {}

  /** Why a wait cannot be settled if the verticle does not answer. */
  static Throwable noAnswer() {
    return new UnavailableException(Cause.REDIS_AWAY, "Redis did not tell in time (probeTimeout)");
  }

  /** A wait was heard all along, and no event came. */
  static ServerEventsException timedOut(EventKey key, long timeout) {
    return new EventTimeoutException(key.name(), key.id(), timeout);
  }

  /**
   * It is not known whether an event was published in the time of a wait.
   *
   * @param epoch the last epoch of which all is known, or 0 if nothing is known
   * @param why that cannot be found out, or null where the connection was not up all the time
   */
  static ServerEventsException unknown(
      EventKey key, long timeout, long epoch, @Nullable Throwable why) {
    var brokenCause = epoch == 0 ? Cause.REDIS_AWAY : Cause.REDIS_GAP;
    return new UnavailableException(
        why == null ? brokenCause : Cause.of(why),
        "No event \"%s\" with id \"%s\" was heard in %d ms, but %s"
            .formatted(
                key.name(),
                key.id(),
                timeout,
                why == null
                    ? "the connection to Redis was not up all the time"
                    : "it cannot be known whether there was one: " + why.getMessage()));
  }
}
