package dev.serverevents.internal.local;

import dev.serverevents.internal.loop.Mailbox;

/**
 * Watches whether anybody subscribes a channel. A subscription is a lease: Redis ends it when the
 * connection breaks, so that a channel that nobody subscribes has nobody behind it. As with a
 * {@link Subscriber}, commands carry the object itself, and notices call {@link #present} and
 * {@link #refused} on the context of its owner.
 */
public interface Watcher {

  /** The mailbox that its notices go to. */
  Mailbox<Notice> notices();

  /** The Redis channel that is watched. */
  String channel();

  /**
   * Tells whether anybody subscribes the channel: in answer to {@link Command.Watch}, and again
   * when that changes.
   */
  void present(boolean isPresent);

  /**
   * Whether somebody is known to have subscribed the channel, so that one answer which says
   * otherwise is in doubt.
   */
  default boolean isExpected() {
    return false;
  }

  /** Redis refuses to tell; the channel is not watched any more. */
  void refused(Throwable cause);
}
