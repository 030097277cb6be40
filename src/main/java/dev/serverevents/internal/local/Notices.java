package dev.serverevents.internal.local;

import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import org.jspecify.annotations.Nullable;

/** The notices that there are. */
public final class Notices {

  private Notices() {}

  /**
   * Redis has confirmed a subscription.
   *
   * @param epoch the number of the connection on which it did
   */
  public record Subscribed(Subscriber subscriber, long epoch) implements Notice {
    @Override
    public void deliver() {
      subscriber.subscribed(epoch);
    }
  }

  /** A channel is heard no more; it will be subscribed again. */
  public record Lost(Subscriber subscriber) implements Notice {
    @Override
    public void deliver() {
      subscriber.lost();
    }
  }

  /**
   * What is kept for a subscriber was looked up.
   *
   * @param epoch the number of the connection on which its channel was heard before
   * @param kept what is kept, or null
   */
  public record LookedUp(Subscriber subscriber, long epoch, @Nullable Kept kept) implements Notice {
    @Override
    public void deliver() {
      subscriber.lookedUp(epoch, kept);
    }
  }

  /** An event came. */
  public record Arrived(Subscriber subscriber, Payload payload) implements Notice {
    @Override
    public void deliver() {
      subscriber.arrived(payload);
    }
  }

  /** Events that came have been left out, since too many were on their way. */
  public record Missed(Subscriber subscriber) implements Notice {
    @Override
    public void deliver() {
      subscriber.missed();
    }
  }

  /**
   * All that was published before the subscriber asked has been told to it.
   *
   * @param epoch the number of the connection of which that is known, or 0 where it is not
   * @param why it is not known, or null
   */
  public record Settled(Subscriber subscriber, long epoch, @Nullable String why) implements Notice {
    @Override
    public void deliver() {
      subscriber.settled(epoch, why);
    }
  }

  /** A subscriber has ended. */
  public record Ended(Subscriber subscriber, Throwable cause) implements Notice {
    @Override
    public void deliver() {
      subscriber.ended(cause);
    }
  }

  /** Redis has published an emit. */
  public record Emitted(PendingEmit emit, int receivers) implements Notice {
    @Override
    public void deliver() {
      emit.emitted(receivers);
    }
  }

  /** An emit failed. */
  public record NotEmitted(PendingEmit emit, Throwable cause) implements Notice {
    @Override
    public void deliver() {
      emit.failed(cause);
    }
  }
}
