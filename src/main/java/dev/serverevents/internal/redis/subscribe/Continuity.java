package dev.serverevents.internal.redis.subscribe;

import io.vertx.core.Future;

/** How it is proved that a connection that subscribes has missed nothing. */
@FunctionalInterface
public interface Continuity {

  /** A connection is up; completes when it can be used. */
  default Future<Void> begin() {
    return Future.succeededFuture();
  }

  /**
   * Proves that all that was published before now has been received, if nothing was missed.
   *
   * @param limitMs how long that may take, in ms
   */
  Future<Void> prove(long limitMs);
}
