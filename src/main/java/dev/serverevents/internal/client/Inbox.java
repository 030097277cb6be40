package dev.serverevents.internal.client;

import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

    /** A reply to the wait's job came. */
    void replied(Payload payload);

    /** A worker says that it has the job of the wait. */
    void claimed(Signal.Claim claim);

    /** The worker says that the job of the wait has got on. */
    void gotOn();

    /** Whether the wait is known by the inbox alone. */
    boolean isDirect();

    /** What becomes of the wait. */
    List<Course> courses(EventKey key);

    /** Ends the wait, and tells how many waits that were. */
    int cancel(EventKey key, WaitCancelledException why);

    /** The verticle has ended the inbox, and the wait has to end as well. */
    void inboxEnded(Throwable cause);
  }

  /** What an inbox tells the ServerEvents that it belongs to. */
  interface Owner {
    /** The verticle has ended the inbox. */
    void closed(Inbox inbox);

    /** A worker says something about the jobs of the inbox. */
    void signalled(Inbox inbox, Signal signal);

    /** The inbox is heard again, and may have missed something. */
    void heardAgain(Inbox inbox);
  }

  /** Of how many workers is remembered that they were asked to claim again. */
  private static final int MAX_ASKED = 1_000;

  private final Home home;
  private final Owner owner;
  private final Deployment verticle;
  private final String name;
  private final String channel;

  /** The hashes of the ids that were used; another id of the same hash has to go elsewhere. */
  private final BitSet used = new BitSet();

  private final int size;
  private int uses;

  /** The pending waits by id. */
  private final Map<String, Guest> waits = new HashMap<>();

  /** Those of which claims may have been missed while the inbox was not heard. */
  private final Set<Guest> doubted = new HashSet<>();

  /** The workers that were asked to claim their jobs again since then. */
  private final Set<String> askedAgain = new HashSet<>();

  /** The epoch in which the inbox is heard, {@link #LOST}, or 0 before it was heard. */
  private long epoch;

  /** Who waits for the answer to the question that is under way, and who for the next one. */
  private List<Consumer<Boolean>> asked = List.of();

  private List<Consumer<Boolean>> asking = new ArrayList<>();
  private final EndOfTurn ask;
  private long lastUsed;
  private boolean retired;

  /**
   * Creates an inbox that is not heard yet.
   *
   * @param id what tells its channel from all others
   * @param size how many ids can be told apart, a power of two
   */
  Inbox(Home home, Deployment verticle, String name, String id, int size, Owner owner) {
    this.home = home;
    this.owner = owner;
    this.verticle = verticle;
    this.name = name;
    this.size = size;
    channel = WireNames.inbox(name, id);
    ask = new EndOfTurn(home.context(), this::ask);
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
    return key.name().equals(name) || key.name().startsWith("$");
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
    lastUsed = home.clock().nanoTime();
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
    return isIdle() && home.clock().nanoTime() - lastUsed > TimeUnit.MILLISECONDS.toNanos(ms);
  }

  /** The pending wait of an id, or null. */
  @Nullable Guest job(String id) {
    return waits.get(id);
  }

  /** Takes a wait away that has ended. */
  void remove(String id, Guest wait) {
    waits.remove(id, wait);
    if (doubted.remove(wait) && doubted.isEmpty()) {
      askedAgain.clear();
    }
  }

  /**
   * Begins to ask a worker for its claims, as one of them may have been missed: once for each time
   * that the inbox is heard again. False if it need not be asked.
   */
  boolean tryAskAgain(String workerId) {
    if (doubted.isEmpty()) {
      return false;
    }
    if (askedAgain.size() >= MAX_ASKED) { // anybody may say that it is a worker
      askedAgain.clear();
    }
    return askedAgain.add(workerId);
  }

  /** The epoch of the connection on which the inbox is heard now, or 0. */
  long epoch() {
    return Math.max(0, epoch);
  }

  @Override
  public boolean hasEnded() {
    return isRetired() && isIdle();
  }

  @Override
  public void subscribed(long epoch) {
    if (this.epoch == LOST) {
      doubted.addAll(waits.values());
      askedAgain.clear();
      owner.heardAgain(this);
    }
    this.epoch = epoch;
    Turns.forEach(home.context(), waits.values(), wait -> wait.inboxHeard(epoch));
  }

  @Override
  public void lost() {
    epoch = epoch == 0 ? 0 : LOST;
  }

  @Override
  public void arrived(Payload payload) {
    if (!payload.key().name().equals(name)) {
      Signal.of(payload).ifPresent(signal -> owner.signalled(this, signal));
      return;
    }
    var wait = waits.get(payload.key().id());
    if (wait != null) {
      wait.replied(payload);
    }
  }

  @Override
  public List<Course> courses(EventKey key) {
    var wait = direct(key);
    return wait == null ? List.of() : wait.courses(key);
  }

  @Override
  public int cancel(EventKey key, WaitCancelledException why) {
    var wait = direct(key);
    return wait == null ? 0 : wait.cancel(key, why);
  }

  private @Nullable Guest direct(EventKey key) {
    var wait = key.name().equals(name) ? waits.get(key.id()) : null;
    return wait == null || !wait.isDirect() ? null : wait;
  }

  /**
   * Finds out whether all that was published to the inbox until now has arrived; the answer is
   * false where that cannot be known. What was asked before says nothing about the time since.
   */
  void prove(Consumer<Boolean> proved) {
    asking.add(proved);
    ask.schedule();
  }

  private void ask() {
    if (asked.isEmpty() && !asking.isEmpty()) {
      asked = asking;
      asking = new ArrayList<>();
      verticle.commands().add(new Command.Settle(this));
    }
  }

  @Override
  public void settled(long settled, @Nullable Throwable why) {
    var answered = asked;
    asked = List.of();
    ask();
    Turns.forEach(
        home.context(), answered, proved -> proved.accept(settled != 0 && settled == epoch));
  }

  @Override
  public void ended(Throwable cause) {
    owner.closed(this);
    Turns.forEach(home.context(), waits.values(), wait -> wait.inboxEnded(cause));
  }
}
