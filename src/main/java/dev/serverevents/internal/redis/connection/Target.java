package dev.serverevents.internal.redis.connection;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Which Redis server a connection goes to.
 *
 * @param mustBeMaster whether it has to say that it is a master
 * @param url where it is; asked for each connection anew
 */
public record Target(boolean mustBeMaster, Supplier<Future<String>> url) {

  /** A server that is always at one place. */
  public static Target of(String url) {
    return new Target(false, () -> Future.succeededFuture(url));
  }
}
