package dev.serverevents.internal.local;

/**
 * What a verticle tells a ServerEvents, in answer to a {@link Command} or later. {@link Notices}
 * has all kinds of them.
 */
public interface Notice {

  /** Tells the subscriber or the emit concerned; called on the context of the ServerEvents. */
  void deliver();
}
