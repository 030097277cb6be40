package dev.serverevents;

import io.vertx.core.Future;

/**
 * Pending waits for several ids of one name, which begin together and end together.
 *
 * @param <T> what comes of them: {@link EventResults} or the {@link FirstEvent}
 */
public interface EventWaits<T> {

  /** What came; see {@link ServerEvents#listenAll} and {@link ServerEvents#listenAny}. */
  Future<T> future();

  /**
   * Completes when Redis has confirmed all subscriptions: whichever of the events is emitted from
   * then on is heard. Fails as the first wait does that ends before that without its event.
   */
  Future<Void> subscribed();

  /** Ends all waits that are left, each as {@link EventWait#cancel()} does. */
  default void cancel() {
    cancel(Cause.CANCELLED);
  }

  /** The same, and says why, as {@link EventWait#cancel(Cause)} does. */
  void cancel(Cause why);
}
