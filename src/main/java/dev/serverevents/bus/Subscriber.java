package dev.serverevents.bus;

import dev.serverevents.EventKey;
import dev.serverevents.redis.Kept;
import dev.serverevents.redis.WireFormat.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What hears a channel: a wait, half of a stream, or an inbox. Commands and notices carry the
 * object itself: to the verticle it is an identity with fixed properties; what becomes of it is
 * told to its {@link #notices} and handled on the context of the {@link BusServerEvents} that it
 * belongs to.
 */
public abstract sealed class Subscriber permits PendingWait, PendingStream.Part, Inbox {

  /** In the place of the number of a connection: of what was not heard all along. */
  static final long LOST = -1;

  private final BusServerEvents owner;

  Subscriber(BusServerEvents owner) {
    this.owner = owner;
  }

  final BusServerEvents owner() {
    return owner;
  }

  /** Where its notices go. */
  public final Mailbox<Notice> notices() {
    return owner.notices();
  }

  /** The Redis channel that it hears. */
  public abstract String channel();

  /** Tells whether an event that came on its channel is for it: keys can share a channel. */
  public abstract boolean takes(EventKey key);

  /** Whether it goes on after an event, until its owner ends it. */
  public boolean isLasting() {
    return false;
  }

  /** Whether nothing but its owner ends it, so that draining cannot wait for it. */
  public boolean isEndless() {
    return false;
  }

  /** Whether of many events some can be left out, if it is told so. */
  public boolean isLossy() {
    return false;
  }

  /** Whether it must know at once that its connection is down. */
  public boolean isInbox() {
    return false;
  }

  /** The event that it takes as kept, too; null if it takes none. */
  public @Nullable EventKey retainedKey() {
    return null;
  }

  /** Whether it matters to it until when an event is kept. */
  public boolean isRequest() {
    return false;
  }

  /** Whether it has ended, as far as is known on another thread. */
  public abstract boolean hasEnded();

  /** It is heard, on the connection of this number. */
  abstract void subscribed(long epoch);

  /** It is heard no more; it will be subscribed again. */
  abstract void lost();

  /** What is kept was looked up, on the connection of this number; null if that is nothing. */
  void lookedUp(long epoch, @Nullable Kept kept) {}

  /** An event came for it. */
  abstract void arrived(Payload payload);

  /** Events that came for it have been left out. */
  void missed() {}

  /**
   * All that was published before it asked has been told to it.
   *
   * @param epoch the number of the connection of which that is known, or 0 where it is not
   * @param why it is not known, or null
   */
  void settled(long epoch, @Nullable String why) {}

  /** It has ended. */
  abstract void ended(Throwable cause);
}
