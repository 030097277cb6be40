package dev.serverevents;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.internal.local.GuardedMetrics;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens, so that it can be measured; {@code dev.serverevents.metrics} does it with
 * Micrometer. It is called on event loops, and must be quick and thread-safe.
 */
public interface ServerEventsMetrics {

  /** Measures nothing. */
  ServerEventsMetrics NONE = new ServerEventsMetrics() {};

  /** A wait has begun. */
  default void waitBegan() {}

  /**
   * A wait has ended.
   *
   * @param cause why it failed, or null when its event came
   * @param nanos how long it lasted, in ns
   */
  default void waitEnded(String name, @Nullable Throwable cause, long nanos) {}

  /** A stream has begun. */
  default void streamBegan() {}

  /** A stream has ended: with an error, or null when it ended as it should. */
  default void streamEnded(@Nullable Throwable cause) {}

  /** The client that a wait or a stream was for has gone before its end. */
  default void clientLeft() {}

  /**
   * Something was refused because a client, or all of them together, have as much as they may.
   *
   * @param setting the setting that says how much that is, for example {@code http.perClient.waits}
   */
  default void refused(String setting) {}

  /** An emit is queued. */
  default void emitBegan() {}

  /** Redis has an emit; {@code receivers} as {@link ServerEvents#emit} returns it. */
  default void emitted(String name, int receivers) {}

  /** An emit failed. */
  default void emitFailed(String name, Throwable cause) {}

  /** A payload was dropped: {@code size}, {@code json} or {@code shape} is wrong with it. */
  default void payloadDropped(String reason) {}

  /** A connection broke, or another attempt to make it again failed. */
  default void connectionFailed(Store store) {}

  /** A connection that had broken is up again. */
  default void reconnected(Store store) {}

  /** All channels are subscribed again, so many ns after a new connection was up. */
  default void resubscribed(long nanos) {}

  /**
   * Sets what measures on a Vert.x: all that is deployed or created there from now on. What it
   * throws is logged once, and disturbs nothing.
   */
  static void set(Vertx vertx, ServerEventsMetrics metrics) {
    GuardedMetrics.set(vertx, metrics);
  }

  /** What measures on a Vert.x. */
  static ServerEventsMetrics of(Vertx vertx) {
    return requireNonNullElse(GuardedMetrics.of(vertx), NONE);
  }
}
