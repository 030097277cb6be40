package dev.serverevents.internal.client;

import dev.serverevents.StreamEvent;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part for a stream's event, which knows whether it can have missed one. */
final class EventPart extends StreamPart {

  private final boolean retained;
  private final boolean follow;

  /** The epoch in which no event can have been missed so far, {@link #LOST}, or 0. */
  private long unbroken;

  /** The event that came last, which is not told again when it is found as kept. */
  private @Nullable Kept last;

  /**
   * Creates the part of a stream.
   *
   * @param retained whether an event counts that was kept
   * @param follow whether the stream goes on after an event
   */
  EventPart(Owner stream, boolean retained, boolean follow) {
    super(stream);
    this.retained = retained;
    this.follow = follow;
  }

  @Override
  public String channel() {
    return stream().key().channel();
  }

  @Override
  public @Nullable EventKey retainedKey() {
    return retained ? stream().key() : null;
  }

  @Override
  public void subscribed(long now) {
    super.subscribed(now);
    if (unbroken == 0 || retained) {
      unbroken = now;
    }
  }

  @Override
  public void lost() {
    super.lost();
    unbroken = LOST;
  }

  @Override
  public void lookedUp(long now, @Nullable Kept kept) {
    subscribed(now);
    if (kept != null && (last == null || !kept.mayBe(last))) {
      arrived(kept.payload());
    }
  }

  @Override
  public void arrived(Payload payload) {
    last = new Kept(payload, Kept.UNDATED);
    var failure = payload.failure();
    stream()
        .add(
            failure == null
                ? new StreamEvent.Result(payload.args())
                : new StreamEvent.Failure(failure),
            payload.args().bytes());
    if (!follow) {
      stream().end(null);
    }
  }

  @Override
  public List<Course> courses(EventKey key) {
    return takes(key) && !hasEnded() ? List.of(stream().course()) : List.of();
  }

  @Override
  public int cancel(EventKey key, WaitCancelledException why) {
    if (!takes(key) || hasEnded()) {
      return 0;
    }
    stream().end(why);
    return 1;
  }

  @Override
  public void settled(long epoch, @Nullable Throwable why) {
    stream().settled(epoch != 0 && unbroken == epoch, epoch, why);
  }
}
