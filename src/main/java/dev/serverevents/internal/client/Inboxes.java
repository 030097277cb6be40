package dev.serverevents.internal.client;

import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireNames;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The inboxes of one ServerEvents. A name of direct requests has one in each shard, and as many
 * more as it takes for no two jobs of one id to share an inbox. Used on its context only.
 */
final class Inboxes implements Inbox.Owner {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** The first inbox of a name has room for some hundred ids, later ones for more. */
  private static final int MIN_SIZE = 1 << 10;

  private static final int MAX_SIZE = 1 << 16;
  private static final int GROWTH = 4;

  /** How many inboxes of a name and a shard take waits; beyond that the oldest takes no more. */
  private static final int MAX_OPEN = 16;

  /** How many channels are tried for each shard, so that one of them is in the shard. */
  private static final int MAX_TRIES = 32;

  /** How long an inbox that is not used stays subscribed at least, in ms. */
  private static final long IDLE_MS = 60_000;

  /** The inboxes of one name that one verticle hears, and that take waits. */
  private static final class OfName {
    private Shards shards = Shards.ONE;

    /** The inboxes by shard; behind all shards, those whose server is not up. */
    private List<List<Inbox>> byShard = lists(shards);

    int size = MIN_SIZE;

    private static List<List<Inbox>> lists(Shards shards) {
      return Stream.generate(() -> (List<Inbox>) new ArrayList<Inbox>())
          .limit(shards.count() + 1L)
          .toList();
    }

    /** Those of a shard. Where the shards are others than before, all inboxes are sorted anew. */
    List<Inbox> of(Shards now, int shard) {
      if (!now.equals(shards)) {
        var all = all();
        shards = now;
        byShard = lists(now);
        for (var inbox : all) {
          byShard.get(Math.floorMod(now.of(inbox.channel()), now.count() + 1)).add(inbox);
        }
      }
      return byShard.get(shard);
    }

    List<Inbox> all() {
      return byShard.stream().flatMap(List::stream).toList();
    }

    boolean isEmpty() {
      return byShard.stream().allMatch(List::isEmpty);
    }

    /** Forgets those that are of no use any more. */
    void removeIf(Predicate<Inbox> useless) {
      byShard.forEach(ofShard -> ofShard.removeIf(useless));
    }
  }

  private final Home home;
  private final Workers workers;
  private final String id = randomId();
  private final Map<Mailbox<Command>, Map<String, OfName>> verticles = new HashMap<>();
  private final EndOfTurn endOfTurn;
  private long count;
  private long timer = -1;

  /** The turns in which there were new waits. */
  private int turns;

  /**
   * Creates none yet.
   *
   * @param workers is told what workers say on the inboxes
   */
  Inboxes(Home home, Workers workers) {
    this.home = home;
    this.workers = workers;
    endOfTurn = new EndOfTurn(home.context(), () -> turns++);
  }

  /** An id is short, since it goes over the network twice with each job. */
  private static String randomId() {
    var bytes = new byte[9];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  /**
   * Adds the wait of a key to an inbox of a verticle, which is opened if there is none for it. All
   * waits that come in one turn have the same shard, so that few writes bring all their replies.
   */
  Inbox add(Deployment verticle, EventKey key, Inbox.Guest wait) {
    var ofName = ofName(verticle.commands(), key.name());
    var shard = shard(verticle.shards());
    var open = ofName.of(verticle.shards(), shard);
    var inbox = find(open, key, wait);
    if (inbox == null) {
      inbox = open(verticle, key.name(), ofName, shard);
      inbox.add(key.id(), wait);
    }
    if (inbox.isWorn()) {
      open.remove(inbox);
      inbox.retire();
    }
    return inbox;
  }

  private OfName ofName(Mailbox<Command> verticle, String name) {
    var names = verticles.get(verticle);
    if (names == null) {
      names = new HashMap<>();
      verticles.put(verticle, names);
    }
    var known = names.get(name);
    if (known == null) {
      known = new OfName();
      names.put(name, known);
    }
    return known;
  }

  private int shard(Shards shards) {
    if (shards.count() == 1) {
      return 0;
    }
    endOfTurn.schedule();
    return Math.floorMod(turns, shards.count());
  }

  private static @Nullable Inbox find(List<Inbox> open, EventKey key, Inbox.Guest wait) {
    for (var inbox : open) {
      if (inbox.add(key.id(), wait)) {
        return inbox;
      }
    }
    return null;
  }

  private Inbox open(Deployment verticle, String name, OfName ofName, int shard) {
    var open = ofName.of(verticle.shards(), shard);
    if (open.size() >= MAX_OPEN) {
      var oldest = open.remove(0);
      oldest.retire();
      leaveIfDone(oldest);
    }
    var inboxId = inboxId(name, verticle.shards(), shard);
    var inbox = new Inbox(home, verticle, name, inboxId, ofName.size, this);
    ofName.size = Math.min(ofName.size * GROWTH, MAX_SIZE);
    open.add(inbox);
    verticle.commands().add(new Command.Listen(inbox));
    if (timer < 0) {
      timer = home.setPeriodic(IDLE_MS, this::leaveIdle);
    }
    return inbox;
  }

  /** Tells an inbox from all others, and puts it in a shard, unless the name alone says where. */
  private String inboxId(String name, Shards shards, int shard) {
    var next = "";
    for (var tries = MAX_TRIES * shards.count(); tries > 0; tries--) {
      next = id + "." + Long.toString(++count, Character.MAX_RADIX);
      if (shards.of(WireNames.inbox(name, next)) == shard) {
        break;
      }
    }
    return next;
  }

  /** Takes a wait away that has ended. */
  void remove(Inbox inbox, EventKey key, Inbox.Guest wait) {
    inbox.remove(key.id(), wait);
    leaveIfDone(inbox);
  }

  private static void leaveIfDone(Inbox inbox) {
    if (inbox.isRetired() && inbox.isIdle()) {
      inbox.verticle().commands().add(new Command.Leave(inbox));
    }
  }

  /** Forgets an inbox that is heard no more. */
  @Override
  public void closed(Inbox inbox) {
    inbox.retire();
    var names = verticles.get(inbox.verticle().commands());
    var ofName = names == null ? null : names.get(inbox.name());
    if (names != null && ofName != null) {
      ofName.removeIf(inbox::equals);
      if (ofName.isEmpty()) {
        names.remove(inbox.name());
        closeIfEmpty();
      }
    }
  }

  private void closeIfEmpty() {
    verticles.values().removeIf(Map::isEmpty);
    if (verticles.isEmpty()) {
      close();
    }
  }

  @Override
  public void signalled(Inbox inbox, Signal signal) {
    workers.signalled(inbox, signal);
  }

  @Override
  public void heardAgain(Inbox inbox) {
    workers.heardAgain(inbox);
  }

  /** Leaves the inboxes that no wait has used for a while. */
  private void leaveIdle() {
    verticles
        .values()
        .forEach(
            names ->
                names
                    .values()
                    .removeIf(
                        ofName -> {
                          ofName.removeIf(this::isLeft);
                          return ofName.isEmpty();
                        }));
    closeIfEmpty();
  }

  private boolean isLeft(Inbox inbox) {
    if (!inbox.isUnused(IDLE_MS)) {
      return false;
    }
    inbox.retire();
    leaveIfDone(inbox);
    return true;
  }

  /** Leaves all inboxes, of which none has a wait any more. */
  void close() {
    home.cancel(timer);
    timer = -1;
    verticles
        .values()
        .forEach(
            names ->
                names
                    .values()
                    .forEach(
                        ofName ->
                            ofName
                                .all()
                                .forEach(
                                    inbox -> {
                                      inbox.retire();
                                      leaveIfDone(inbox);
                                    })));
    verticles.clear();
  }
}
