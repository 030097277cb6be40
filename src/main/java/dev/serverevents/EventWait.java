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
  void cancel();
}
