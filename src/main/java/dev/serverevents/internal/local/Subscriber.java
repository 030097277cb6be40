package dev.serverevents.internal.local;

import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What hears a channel: a wait, half of a stream, or an inbox. Commands and notices carry the
 * object itself. To the verticle a subscriber is an identity with fixed properties; the verticle
 * adds what becomes of it to its {@link #notices}. These call the methods from {@link #subscribed}
 * on, on the context of the ServerEvents that the subscriber belongs to.
 */
public interface Subscriber {

  /** Stands for the epoch of a subscriber that was not heard all along. */
  long LOST = -1;

  /** The mailbox that its notices go to. */
  Mailbox<Notice> notices();

  /** The Redis channel that the subscriber hears. */
  String channel();

  /** Tells whether the subscriber wants an event of its channel, which keys can share. */
  boolean takes(EventKey key);

  /** Whether the subscriber goes on after an event, until its owner ends it. */
  default boolean isLasting() {
    return false;
  }

  /** Whether nothing but its owner ends the subscriber, so that no drain can wait for it. */
  default boolean isEndless() {
    return false;
  }

  /** Whether some of many events may be left out, if the subscriber is told so. */
  default boolean isLossy() {
    return false;
  }

  /** Whether the subscriber is an inbox, which must know at once that its connection is down. */
  default boolean isInbox() {
    return false;
  }

  /** The key of the retained event that the subscriber also takes; null if it takes none. */
  default @Nullable EventKey retainedKey() {
    return null;
  }

  /** Whether the subscriber is a request, which must know until when an event is kept. */
  default boolean isRequest() {
    return false;
  }

  /** Whether the subscriber has ended; another thread may learn that a little later. */
  boolean hasEnded();

  /** The subscriber is heard, on the connection of this epoch. */
  void subscribed(long epoch);

  /** The subscriber is heard no more; its channel will be subscribed again. */
  void lost();

  /**
   * A look-up was answered, when the connection had this epoch; null means that nothing is kept.
   */
  default void lookedUp(long epoch, @Nullable Kept kept) {}

  /** An event came for the subscriber. */
  void arrived(Payload payload);

  /** Events that came for the subscriber have been left out. */
  default void missed() {}

  /**
   * The subscriber has been told of all that was published before it asked.
   *
   * @param epoch the epoch of which that is known, or 0 where it is not known
   * @param why it is not known, or null
   */
  default void settled(long epoch, @Nullable Throwable why) {}

  /** What becomes of the waits and streams of a key that are behind the subscriber. */
  default List<Course> courses(EventKey key) {
    return List.of();
  }

  /** Ends them, and tells how many they were. */
  default int cancel(EventKey key, WaitCancelledException why) {
    return 0;
  }

  /** The verticle has ended the subscriber. */
  void ended(Throwable cause);
}
