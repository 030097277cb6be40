package dev.serverevents.internal.client;

import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Watcher;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.WireNames;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Whether any worker serves a name, for the waits that need one. Used on one context only. */
final class Served implements Watcher {

  /** A wait that needs a worker. */
  interface Guest {
    /** A worker is there. */
    void served();

    /** No worker is there, or none any more. */
    void noWorker();

    /** Redis refuses to tell. */
    void notTold(Throwable cause);
  }

  private final Home home;
  private final Deployment verticle;
  private final String name;
  private final Set<Guest> guests = new LinkedHashSet<>();
  private boolean isServed;
  private boolean isWatched;
  private long lastUsed;

  Served(Home home, Deployment verticle, String name) {
    this.home = home;
    this.verticle = verticle;
    this.name = name;
  }

  @Override
  public Mailbox<Notice> notices() {
    return home.notices();
  }

  @Override
  public String channel() {
    return WireNames.serves(name);
  }

  /** Adds a wait, which is told at once where a worker is known to be there. */
  void add(Guest guest) {
    guests.add(guest);
    lastUsed = home.clock().nanoTime();
    if (isServed) {
      guest.served();
    } else {
      isWatched = true;
      verticle.commands().add(new Command.Watch(this));
    }
  }

  /** Takes a wait away that needs a worker no more. */
  void remove(Guest guest) {
    guests.remove(guest);
  }

  /** Leaves it if no wait has used it for so many ms, and tells whether it did. */
  boolean leaveIfUnused(long ms) {
    var isUnused =
        guests.isEmpty() && home.clock().nanoTime() - lastUsed >= TimeUnit.MILLISECONDS.toNanos(ms);
    if (isUnused && isWatched) {
      verticle.commands().add(new Command.Unwatch(this));
    }
    return isUnused;
  }

  @Override
  public void present(boolean isPresent) {
    isServed = isPresent;
    Turns.forEach(
        home.context(),
        guests,
        guest -> {
          if (isPresent) {
            guest.served();
          } else {
            guest.noWorker();
          }
        });
  }

  /** It is watched all the same where it asked again before it learnt that. */
  @Override
  public void refused(Throwable cause) {
    isServed = false;
    Turns.forEach(home.context(), guests, guest -> guest.notTold(cause));
  }
}
