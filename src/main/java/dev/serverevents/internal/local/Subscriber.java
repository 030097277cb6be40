package dev.serverevents.internal.local;

import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What hears a channel: a wait, half of a stream, or an inbox. Commands and notices carry the
 * object itself: to the verticle it is an identity with fixed properties; what becomes of it is
 * told to its {@link #notices}, which call the methods from {@link #subscribed} on, on the context
 * of the ServerEvents that it belongs to.
 */
public interface Subscriber {

  /** In the place of the number of a connection: of what was not heard all along. */
  long LOST = -1;

  /** Where its notices go. */
  Mailbox<Notice> notices();

  /** The Redis channel that it hears. */
  String channel();

  /** Tells whether an event that came on its channel is for it: keys can share a channel. */
  boolean takes(EventKey key);

  /** Whether it goes on after an event, until its owner ends it. */
  default boolean isLasting() {
    return false;
  }

  /** Whether nothing but its owner ends it, so that draining cannot wait for it. */
  default boolean isEndless() {
    return false;
  }

  /** Whether of many events some can be left out, if it is told so. */
  default boolean isLossy() {
    return false;
  }

  /** Whether it must know at once that its connection is down. */
  default boolean isInbox() {
    return false;
  }

  /** The event that it takes as kept, too; null if it takes none. */
  default @Nullable EventKey retainedKey() {
    return null;
  }

  /** Whether it matters to it until when an event is kept. */
  default boolean isRequest() {
    return false;
  }

  /** Whether it has ended, as far as is known on another thread. */
  boolean hasEnded();

  /** It is heard, on the connection of this number. */
  void subscribed(long epoch);

  /** It is heard no more; it will be subscribed again. */
  void lost();

  /** What is kept was looked up, on the connection of this number; null if that is nothing. */
  default void lookedUp(long epoch, @Nullable Kept kept) {}

  /** An event came for it. */
  void arrived(Payload payload);

  /** Events that came for it have been left out. */
  default void missed() {}

  /**
   * All that was published before it asked has been told to it.
   *
   * @param epoch the number of the connection of which that is known, or 0 where it is not
   * @param why it is not known, or null
   */
  default void settled(long epoch, @Nullable String why) {}

  /** It has ended. */
  void ended(Throwable cause);
}
