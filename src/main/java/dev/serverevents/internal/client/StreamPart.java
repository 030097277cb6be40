package dev.serverevents.internal.client;

import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import org.jspecify.annotations.Nullable;

/** What a verticle sees of a stream: one part for its event, another for the job's progress. */
abstract class StreamPart implements Subscriber {

  /** What a part needs of its stream. */
  interface Owner {
    /** The home of the ServerEvents. */
    Home home();

    /** The key of the stream's event. */
    EventKey key();

    /** Whether the stream has no timeout. */
    boolean isEndless();

    /** What becomes of the stream. */
    Course course();

    /** Whether the stream has ended; any thread may ask. */
    boolean hasEnded();

    /**
     * A part is heard.
     *
     * @param isAgain whether the part was heard before in another epoch
     */
    void heard(long epoch, boolean isAgain);

    /** Hands an event to the reader; its arguments have so many bytes. */
    void add(StreamEvent next, int bytes);

    /**
     * The time of the stream is over, and its verticle has answered.
     *
     * @param wasHeard whether the event was heard all along
     * @param epoch the epoch of which that is known, or 0 where it is not known
     * @param why it is not known, or null
     */
    void settled(boolean wasHeard, long epoch, @Nullable Throwable why);

    /** The stream is to end; null where that is regular. */
    void end(@Nullable Throwable cause);
  }

  private final Owner stream;

  /** The epoch in which the part is heard, {@link #LOST}, or 0 before it was heard. */
  private long epoch;

  StreamPart(Owner stream) {
    this.stream = stream;
  }

  final Owner stream() {
    return stream;
  }

  final boolean wasHeard() {
    return epoch != 0;
  }

  @Override
  public Mailbox<Notice> notices() {
    return stream.home().streamNotices();
  }

  @Override
  public boolean takes(EventKey other) {
    return stream.key().equals(other);
  }

  @Override
  public boolean isLasting() {
    return true;
  }

  @Override
  public boolean isEndless() {
    return stream.isEndless();
  }

  @Override
  public boolean isLossy() {
    return true;
  }

  @Override
  public boolean hasEnded() {
    return stream.hasEnded();
  }

  @Override
  public void subscribed(long now) {
    var before = epoch;
    epoch = now;
    stream.heard(now, before != 0 && before != now);
  }

  @Override
  public void lost() {
    epoch = LOST;
  }

  @Override
  public void missed() {
    stream.add(new Gap(Gap.Reason.SLOW_READER), 0);
  }

  @Override
  public void ended(Throwable cause) {
    stream.end(cause);
  }
}
