package dev.serverevents.internal.local;

/**
 * What a verticle tells a ServerEvents, in answer to a {@link Command} or later. {@link Notices}
 * are those that there are.
 */
public interface Notice {

  /** Tells it to whom it concerns; called on the context of the ServerEvents. */
  void deliver();
}
