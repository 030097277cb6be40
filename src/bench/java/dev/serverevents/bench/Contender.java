package dev.serverevents.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.CompletionStage;

/** What the benchmark compares: somebody who waits for the results of jobs. */
interface Contender extends AutoCloseable {

  /** How long a wait lasts at most, in ms, for every contender. */
  long TIMEOUT_MS = 10_000;

  /**
   * Event loops of those that use Vert.x: one, as the floor has, since the machine also runs the
   * worker and Redis. {@code -Dbench.loops} changes it.
   */
  int LOOPS = Integer.getInteger("bench.loops", 1);

  /** The Vert.x of those that use it. */
  static Vertx vertx() {
    return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
  }

  /** One job cycle: waits for the event of an id, hands its job over, and completes with it. */
  CompletionStage<?> cycle(long id);

  @Override
  void close();
}
