package dev.serverevents.redis;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Which Redis server a connection goes to.
 *
 * @param mustBeMaster whether it has to say that it is a master
 * @param url where it is; asked for each connection anew
 */
record Target(boolean mustBeMaster, Supplier<Future<String>> url) {

  /** A server that is always at one place. */
  static Target of(String url) {
    return new Target(false, () -> Future.succeededFuture(url));
  }
}
