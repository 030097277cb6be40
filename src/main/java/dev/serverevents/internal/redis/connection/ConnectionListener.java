package dev.serverevents.internal.redis.connection;

import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import org.jspecify.annotations.Nullable;

/** What happens to the connections of a verticle. Called on the verticle's context. */
public interface ConnectionListener {

  /** A connection is up, or hears. */
  void up(Store store);

  /** A connection that broke, or could not be made, is up again. */
  void reconnected(Store store);

  /** All channels are subscribed again, so many ns after a new connection was up. */
  void resubscribed(long nanos);

  /** A connection is gone, or another attempt to make it has failed. */
  void failed(Store store, Throwable cause);

  /** Redis refuses to publish heartbeats, or, where the error is null, does so no more. */
  void heartbeatRefused(@Nullable ErrorReply error);

  /** Redis refuses to subscribe the inbox that heartbeats go to. */
  void inboxRefused(UnavailableException cause);
}
