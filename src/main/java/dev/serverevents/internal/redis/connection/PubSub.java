package dev.serverevents.internal.redis.connection;

import dev.serverevents.RedisServerOptions;
import io.vertx.redis.client.Command;

/**
 * The commands of Redis Pub/Sub, or those of its sharded kind.
 *
 * @param isSharded whether a channel has a slot, as a key has
 * @param counts whether Redis counts all that receive a message
 * @param message the kind of push that brings a message
 * @param subscribed the kind of push that confirms a subscription
 * @param unsubscribed the kind of push that tells of a subscription's end
 */
public record PubSub(
    boolean isSharded,
    boolean counts,
    Command publish,
    Command subscribe,
    Command unsubscribe,
    String message,
    String subscribed,
    String unsubscribed) {

  /** On one server. */
  private static final PubSub PLAIN = plain(true);

  /** On a cluster: Redis counts those on the node that takes a message (redis #7986). */
  private static final PubSub BROADCAST = plain(false);

  private static final PubSub SHARDED =
      new PubSub(
          true,
          true,
          Command.SPUBLISH,
          Command.SSUBSCRIBE,
          Command.SUNSUBSCRIBE,
          "smessage",
          "ssubscribe",
          "sunsubscribe");

  private static PubSub plain(boolean counts) {
    return new PubSub(
        false,
        counts,
        Command.PUBLISH,
        Command.SUBSCRIBE,
        Command.UNSUBSCRIBE,
        "message",
        "subscribe",
        "unsubscribe");
  }

  /** The commands for the Redis of some settings. */
  public static PubSub of(RedisServerOptions redis) {
    if (redis.getType() != RedisServerOptions.Type.CLUSTER) {
      return PLAIN;
    }
    return redis.getPubsub() == RedisServerOptions.PubSub.SHARDED ? SHARDED : BROADCAST;
  }
}
