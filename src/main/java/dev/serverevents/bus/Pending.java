package dev.serverevents.bus;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;

/**
 * Who listens. Commands and notices carry the object itself: for the verticle it is a key and an
 * identity; its owner tells it what has come for it, on the owner's context.
 */
public abstract sealed class Pending permits PendingWait, PendingStream.Part {

  /** In the place of the number of a connection: of what was not heard all along. */
  static final long LOST = -1;

  private final BusServerEvents owner;
  private final EventKey key;
  private final boolean retained;
  private final long since = System.nanoTime();

  Pending(BusServerEvents owner, EventKey key, boolean retained) {
    this.owner = owner;
    this.key = key;
    this.retained = retained;
  }

  final BusServerEvents owner() {
    return owner;
  }

  /** What it waits for. */
  public final EventKey key() {
    return key;
  }

  /** Whether it takes an event that was kept. */
  public final boolean retained() {
    return retained;
  }

  /** When it was made, a {@link System#nanoTime()}. */
  public final long since() {
    return since;
  }

  /** The address where its owner takes notices. */
  public final String user() {
    return owner.address();
  }

  /** The Redis channel that brings it; a direct one's is the inbox instead. */
  public String channel() {
    return key.channel();
  }

  /** Whether it waits for a reply on its verticle's inbox. */
  public boolean direct() {
    return false;
  }

  /** Whether it goes on after an event, until its owner ends it. */
  public boolean lasting() {
    return false;
  }

  /** Whether nothing but its owner ends it, so that draining cannot wait for it. */
  public boolean endless() {
    return false;
  }

  /** Whether it hears the progress of the job, in which nothing is a failure. */
  public boolean progress() {
    return false;
  }

  /** It is heard, on the connection of this number. */
  abstract void subscribed(long epoch);

  /** It is heard no more, though its connection is up; it will be subscribed again. */
  abstract void lost();

  /** Its event. */
  abstract void arrived(EventArgs args);

  /** It has failed. */
  abstract void ended(Throwable cause);
}
