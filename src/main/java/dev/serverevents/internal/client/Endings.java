package dev.serverevents.internal.client;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.wire.EventKey;
import org.jspecify.annotations.Nullable;

/** The words for how waits and streams end. */
final class Endings {

  private Endings() {}

  /** It is not known whether an event came; why, or null where that is for lack of a connection. */
  static UnavailableException unknown(EventKey key, long timeout, @Nullable String why) {
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

  /** A verticle has no room for one more. */
  static UnavailableException tooMany(ServerEventsOptions options) {
    return new UnavailableException(
        "%d waits are pending already (limits.pendingWaits)"
            .formatted(options.getLimits().getPendingWaits()));
  }

  /** There is nobody to ask. */
  static UnavailableException nobodyServes() {
    return new UnavailableException("No ServerEventsVerticle is deployed on this Vert.x");
  }

  /** The verticle takes no more. */
  static UnavailableException draining() {
    return new UnavailableException("The ServerEventsVerticle is being undeployed");
  }
}
