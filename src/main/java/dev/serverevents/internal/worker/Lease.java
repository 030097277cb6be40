package dev.serverevents.internal.worker;

import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A channel that a worker subscribes so that others can see it is there: Redis ends the
 * subscription when the connection breaks. Used on the worker's context only.
 */
final class Lease implements Subscriber {

  /** What the worker does about its lease. */
  interface Listener {
    /** The lease is heard: for the first time, or again after it may have missed something. */
    void heard(boolean isAgain);

    /** Something came on the channel. */
    void arrived(Payload payload);

    /** All that was published before it was asked for has arrived, as far as can be known. */
    void settled();

    /** The verticle has ended the lease. */
    void ended(Throwable cause);
  }

  private final Mailbox<Notice> notices;
  private final String channel;
  private final boolean isEndless;
  private final Listener listener;
  private long epoch;
  private boolean hasEnded;

  /**
   * Creates one that is not subscribed yet.
   *
   * @param isEndless whether it ends as soon as its verticle drains
   */
  Lease(Mailbox<Notice> notices, String channel, boolean isEndless, Listener listener) {
    this.notices = notices;
    this.channel = channel;
    this.isEndless = isEndless;
    this.listener = listener;
  }

  @Override
  public Mailbox<Notice> notices() {
    return notices;
  }

  @Override
  public String channel() {
    return channel;
  }

  @Override
  public boolean takes(EventKey key) {
    return true;
  }

  @Override
  public boolean isLasting() {
    return true;
  }

  @Override
  public boolean isEndless() {
    return isEndless;
  }

  @Override
  public boolean isInbox() {
    return true;
  }

  /** Marks it as left by the worker. */
  void leave() {
    hasEnded = true;
  }

  @Override
  public boolean hasEnded() {
    return hasEnded;
  }

  /** Whether it is heard now. */
  boolean isHeard() {
    return epoch > 0;
  }

  @Override
  public void subscribed(long now) {
    var before = epoch;
    epoch = now;
    if (before != now) {
      listener.heard(before != 0);
    }
  }

  @Override
  public void lost() {
    epoch = LOST;
  }

  @Override
  public void arrived(Payload payload) {
    listener.arrived(payload);
  }

  @Override
  public void settled(long now, @Nullable Throwable why) {
    listener.settled();
  }

  @Override
  public void ended(Throwable cause) {
    hasEnded = true;
    epoch = LOST;
    listener.ended(cause);
  }
}
