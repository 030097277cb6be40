package dev.serverevents.testkit;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/**
 * Makes the Vert.x of a test, with one event loop, so that it is known when nothing is left to do.
 */
final class TestVertx {

  private TestVertx() {}

  static Vertx create() {
    return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(false));
  }
}
