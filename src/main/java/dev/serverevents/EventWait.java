package dev.serverevents;

import io.vertx.core.Future;

/** One pending wait for an event. */
public interface EventWait {

  /** The arguments of the event, or why there are none; see {@link ServerEvents#on}. */
  Future<EventArgs> future();

  /**
   * Completes when Redis has confirmed the subscription: an event emitted from then on is heard.
   * Fails as {@link #future()} does when the wait ends before.
   */
  Future<Void> subscribed();

  /**
   * Ends the wait with {@link WaitCancelledException} and frees all it holds; does nothing when it
   * has ended already.
   */
  default void cancel() {
    cancel(Cause.CANCELLED);
  }

  /**
   * The same as {@link #cancel()}, and says why.
   *
   * @param why {@link Cause#CANCELLED}, or {@link Cause#CLIENT_GONE} where the client is gone for
   *     which it waited
   * @throws InvalidInputException if it is another cause
   */
  void cancel(Cause why);
}
