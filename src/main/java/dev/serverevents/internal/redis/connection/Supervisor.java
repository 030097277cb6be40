package dev.serverevents.internal.redis.connection;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a verticle's Redis share, and whom they tell what has become of them. Used on
 * the verticle's context only.
 */
public interface Supervisor {

  /** Where all of it runs. */
  Vertx vertx();

  /** The settings of the verticle. */
  ServerEventsOptions options();

  /** Where Redis is. */
  RedisServerOptions redis();

  /** What tells the verticle from all others. */
  String serverId();

  /** The next number of a connection that subscribes. */
  long nextEpoch();

  /** The next number of a ping. */
  long nextNonce();

  /** For how long it is tried to prove that nothing was missed, in ms; 0 does without. */
  long probeTimeout();

  /** A connection is up, or hears. */
  void up(Store store);

  /** A connection that broke, or could not be made, is up again. */
  void reconnected(StoreConnection store);

  /** All channels are subscribed again, so many ns after a new connection was up. */
  void resubscribed(long nanos);

  /** A connection is gone, or another attempt to make it has failed. */
  void failed(StoreConnection store, Throwable cause);

  /** Redis refuses to publish heartbeats, or does so no more. */
  void refusalChanged(@Nullable ErrorReply error);

  /** Learns from an error who serves a slot: from here on it is so. */
  void handle(ErrorReply error);

  /** The same; and a server that is found not to be the master is left. */
  void handle(ErrorReply error, StoreConnection from);

  /** Does something again in a moment. */
  void later(Runnable action);
}
