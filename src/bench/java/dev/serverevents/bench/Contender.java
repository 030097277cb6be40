package dev.serverevents.bench;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** What the benchmark compares: somebody who waits for the results of jobs. */
interface Contender extends AutoCloseable {

  /** How long a wait lasts at most, in ms, for every contender. */
  long TIMEOUT_MS = 10_000;

  /** The same for waits that are only registered. */
  long PENDING_MS = 600_000;

  /** The same for waits that time out. */
  long SHORT_MS = 2_000;

  /**
   * Event loops of those that use Vert.x: one, as the floor has, since the machine also runs the
   * worker and Redis. {@code -Dbench.loops} changes it.
   */
  int LOOPS = Integer.getInteger("bench.loops", 1);

  /** The Vert.x of those that use it. */
  static Vertx vertx() {
    return vertx(LOOPS);
  }

  /** One with so many event loops. */
  static Vertx vertx(int loops) {
    return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
  }

  /** Is to be measured from now on. */
  default void prepare() {}

  /** One job cycle: waits for the event of an id, hands its job over, and completes with it. */
  CompletionStage<?> cycle(long id);

  /** Begins a wait for what does not come, and completes when it is registered. */
  CompletionStage<?> register(long id);

  /**
   * Begins a wait for what does not come, in {@link #SHORT_MS}, and completes when it has timed
   * out.
   */
  default CompletionStage<?> timeOut(long id) {
    throw new UnsupportedOperationException();
  }

  /** Ends the waits that {@link #register} began, and completes when they have ended. */
  CompletionStage<?> endAll();

  /** How many commands Redis has processed, as far as the contender can ask. */
  default OptionalLong commands() {
    return OptionalLong.empty();
  }

  /** Emits an event that nobody waits for; completes when the server has it, if it tells. */
  CompletionStage<?> emit(long id);

  /** Returns when what was emitted has left, where {@link #emit} does not tell. */
  default void flush() throws Exception {}

  /** Where it is to be called in a burst, if it has an event loop. */
  default Optional<Context> context() {
    return Optional.empty();
  }

  @Override
  void close();
}
