package dev.serverevents.internal.local;

import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The kinds of notices. */
public final class Notices {

  private Notices() {}

  /**
   * Redis has confirmed a subscription.
   *
   * @param epoch the epoch of the connection on which it did
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
   * Redis has answered the look-up of a subscriber.
   *
   * @param epoch the epoch in which its channel was heard before
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
   * The subscriber has been told of all that was published before it asked.
   *
   * @param epoch the epoch of which that is known, or 0 where it is not known
   * @param why it is not known, or null
   */
  public record Settled(Subscriber subscriber, long epoch, @Nullable Throwable why)
      implements Notice {
    @Override
    public void deliver() {
      subscriber.settled(epoch, why);
    }
  }

  /** The verticle has ended a subscriber. */
  public record Ended(Subscriber subscriber, Throwable cause) implements Notice {
    @Override
    public void deliver() {
      subscriber.ended(cause);
    }
  }

  /** Something is to be asked of a subscriber, on its context. */
  public record Asked(Subscriber subscriber, Consumer<Subscriber> question) implements Notice {
    @Override
    public void deliver() {
      question.accept(subscriber);
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

  /** Somebody subscribes the channel of a watcher, or nobody does. */
  public record Present(Watcher watcher, boolean isPresent) implements Notice {
    @Override
    public void deliver() {
      watcher.present(isPresent);
    }
  }

  /** Redis refuses to tell a watcher anything. */
  public record NotWatched(Watcher watcher, Throwable cause) implements Notice {
    @Override
    public void deliver() {
      watcher.refused(cause);
    }
  }
}
