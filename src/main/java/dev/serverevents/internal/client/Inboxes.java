package dev.serverevents.internal.client;

import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The inboxes of one ServerEvents. A name of direct requests has as many of them as it takes for no
 * two jobs of one id to share an inbox. Used on its context only.
 */
final class Inboxes implements Inbox.Owner {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** The first inbox of a name has room for some hundred ids, later ones for more. */
  private static final int MIN_SIZE = 1 << 10;

  private static final int MAX_SIZE = 1 << 16;
  private static final int GROWTH = 4;

  /** How many inboxes of a name take waits; beyond that the oldest takes no more. */
  private static final int MAX_OPEN = 16;

  /** How long an inbox that is not used stays subscribed at least, in ms. */
  private static final long IDLE_MS = 60_000;

  /** The inboxes of one name that one verticle hears. */
  private static final class OfName {
    final List<Inbox> open = new ArrayList<>();
    int size = MIN_SIZE;
  }

  private final Home home;
  private final Workers workers;
  private final String id = randomId();
  private final Map<Mailbox<Command>, Map<String, OfName>> verticles = new HashMap<>();
  private long count;
  private long timer = -1;

  /**
   * Creates none yet.
   *
   * @param workers is told what workers say on the inboxes
   */
  Inboxes(Home home, Workers workers) {
    this.home = home;
    this.workers = workers;
  }

  /** An id is short, since it goes over the network twice with each job. */
  private static String randomId() {
    var bytes = new byte[9];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  /** Adds the wait of a key to an inbox of a verticle, which is opened if there is none for it. */
  Inbox add(Deployment verticle, EventKey key, Inbox.Guest wait) {
    var ofName = ofName(verticle.commands(), key.name());
    var inbox = add(verticle, key, wait, ofName);
    if (inbox.isWorn()) {
      ofName.open.remove(inbox);
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

  private Inbox add(Deployment verticle, EventKey key, Inbox.Guest wait, OfName ofName) {
    for (var inbox : ofName.open) {
      if (inbox.add(key.id(), wait)) {
        return inbox;
      }
    }
    var inbox = open(verticle, key.name(), ofName);
    inbox.add(key.id(), wait);
    return inbox;
  }

  private Inbox open(Deployment verticle, String name, OfName ofName) {
    if (ofName.open.size() == MAX_OPEN) {
      var oldest = ofName.open.remove(0);
      oldest.retire();
      leaveIfDone(oldest);
    }
    var inbox =
        new Inbox(
            home,
            verticle,
            name,
            id + "." + Long.toString(++count, Character.MAX_RADIX),
            ofName.size,
            this);
    ofName.size = Math.min(ofName.size * GROWTH, MAX_SIZE);
    ofName.open.add(inbox);
    verticle.commands().add(new Command.Listen(inbox));
    if (timer < 0) {
      timer = home.setPeriodic(IDLE_MS, this::leaveIdle);
    }
    return inbox;
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
    if (names != null && ofName != null && ofName.open.remove(inbox) && ofName.open.isEmpty()) {
      names.remove(inbox.name());
      closeIfEmpty();
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
                          ofName.open.removeIf(this::isLeft);
                          return ofName.open.isEmpty();
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
                            ofName.open.forEach(
                                inbox -> {
                                  inbox.retire();
                                  leaveIfDone(inbox);
                                })));
    verticles.clear();
  }
}
