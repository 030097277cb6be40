package dev.serverevents.internal.redis;

import dev.serverevents.UnavailableException;
import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.redis.connection.Routes;
import dev.serverevents.internal.redis.subscribe.SubscribeConnection;
import io.vertx.core.Future;

/**
 * Which masters there are, and which of them serves what: it adds them to the {@link Connections},
 * and removes them. Used on the verticle's context only.
 */
interface Topology extends Routes<Master> {

  /**
   * Finds the masters, and follows their changes from then on; fails with {@link
   * UnavailableException} if none is found.
   */
  Future<Void> start();

  /** Follows no change any more. */
  void stop();

  /** A connection has failed, so that there may be a change. */
  void check();

  /** How many slots a master serves, by URL; 0 where there are no slots. */
  int slots(String url);

  /** Over which masters, of those that are up and hear, channels are spread. */
  Shards shards();

  /** Where a channel is subscribed. */
  SubscribeConnection output(String channel);
}
