package dev.serverevents.internal.client;

import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A channel on which direct replies come for jobs of one name. An inbox is subscribed once, and
 * many waits use it one after another, but never two of the same id: so a reply that comes late, or
 * a second time, cannot be taken for the reply to another job of that id. Used on its owner's
 * context only.
 */
final class Inbox implements Subscriber {

  /** A wait for a direct reply. */
  interface Guest {
    /** The inbox is heard, for the first time or again. */
    void inboxHeard(long epoch);

    /** The reply to the wait came. */
    void arrived(Payload payload);

    /** The verticle has ended the wait, together with its inbox. */
    void ended(Throwable cause);
  }

  private final Home home;
  private final Consumer<Inbox> closed;
  private final Deployment verticle;
  private final String name;
  private final String channel;

  /** The hashes of the ids that were used; another id of the same hash has to go elsewhere. */
  private final BitSet used = new BitSet();

  private final int size;
  private int uses;

  /** The pending waits by id. */
  private final Map<String, Guest> waits = new HashMap<>();

  private long epoch;
  private long lastUsed;
  private boolean retired;

  /**
   * Creates an inbox that is not heard yet.
   *
   * @param id what tells its channel from all others
   * @param size how many ids can be told apart, a power of two
   * @param closed called when the verticle has ended it
   */
  Inbox(Home home, Deployment verticle, String name, String id, int size, Consumer<Inbox> closed) {
    this.home = home;
    this.closed = closed;
    this.verticle = verticle;
    this.name = name;
    this.size = size;
    channel = WireNames.inbox(name, id);
  }

  Deployment verticle() {
    return verticle;
  }

  /** The name of the jobs whose replies come here. */
  String name() {
    return name;
  }

  @Override
  public Mailbox<Notice> notices() {
    return home.notices();
  }

  @Override
  public String channel() {
    return channel;
  }

  @Override
  public boolean takes(EventKey key) {
    return key.name().equals(name);
  }

  @Override
  public boolean isLasting() {
    return true;
  }

  @Override
  public boolean isInbox() {
    return true;
  }

  /** Takes a wait in, unless one of the same id may have been here before. */
  boolean add(String id, Guest wait) {
    var hash = id.hashCode() * 0x9E3779B9; // Fibonacci hashing: all bits count
    var bit = hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(size));
    if (retired || used.get(bit)) {
      return false;
    }
    used.set(bit);
    uses++;
    lastUsed = System.nanoTime();
    waits.put(id, wait);
    return true;
  }

  /** Tells whether so many ids were used that a new inbox should be opened. */
  boolean isWorn() {
    return uses >= size / 4;
  }

  /** Takes no more waits. */
  void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
  }

  /** Whether no wait is pending. */
  boolean isIdle() {
    return waits.isEmpty();
  }

  /** Whether no wait is pending, and none was added for so many ms. */
  boolean isUnused(long ms) {
    return isIdle() && System.nanoTime() - lastUsed > TimeUnit.MILLISECONDS.toNanos(ms);
  }

  /** Takes a wait away that has ended. */
  void remove(String id, Guest wait) {
    waits.remove(id, wait);
  }

  /** The epoch of the connection on which the inbox is heard now, or 0. */
  long epoch() {
    return epoch;
  }

  @Override
  public boolean hasEnded() {
    return isRetired() && isIdle();
  }

  @Override
  public void subscribed(long epoch) {
    this.epoch = epoch;
    Turns.forEach(home.context(), waits.values(), wait -> wait.inboxHeard(epoch));
  }

  @Override
  public void lost() {
    epoch = 0;
  }

  @Override
  public void arrived(Payload payload) {
    var wait = waits.get(payload.key().id());
    if (wait != null) {
      wait.arrived(payload);
    }
  }

  @Override
  public void ended(Throwable cause) {
    closed.accept(this);
    Turns.forEach(home.context(), waits.values(), wait -> wait.ended(cause));
  }
}
