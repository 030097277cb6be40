package dev.serverevents.internal.client;

import dev.serverevents.internal.journal.WorkerReport;
import dev.serverevents.internal.journal.WorkerReport.Claim;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Signals;
import dev.serverevents.internal.local.Watcher;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A worker that has claimed jobs of one ServerEvents, as that knows it. Used on its context only.
 */
final class Claimant implements Watcher {

  /** A wait whose job the worker has. */
  interface Guest {
    /** The worker's connection is gone. */
    void workerLost();

    /** The worker has shown no sign of life for longer than {@link #stalledAfter()}. */
    void workerSilent();

    /** The event of the wait. */
    EventKey key();

    /** For how many ms the worker has had the job. */
    long claimedForMs();

    /** After how many ms without a sign of life the worker counts as stalled, or 0 for never. */
    long stalledAfter();
  }

  private final Home home;
  private final Signals signals;
  private final String id;
  private final Set<Guest> guests = new LinkedHashSet<>();

  /** When it showed a sign of life last, by the clock, in ns. */
  private long heard;

  /** The least patience of its guests in ms, or 0 where nobody is impatient. */
  private long patience;

  Claimant(Home home, Deployment verticle, String id) {
    this.home = home;
    this.id = id;
    heard();
    signals = new Signals(verticle.commands(), home.notices());
    verticle.commands().add(new Command.Watch(this));
  }

  @Override
  public Mailbox<Notice> notices() {
    return home.notices();
  }

  @Override
  public String channel() {
    return WireNames.worker(id);
  }

  /** What tells it from other workers. */
  String id() {
    return id;
  }

  void add(Guest guest) {
    guests.add(guest);
    var stalledAfter = guest.stalledAfter();
    if (stalledAfter > 0 && (patience == 0 || stalledAfter < patience)) {
      patience = stalledAfter;
    }
  }

  /** Takes a wait away, and tells whether it was the last one. */
  boolean remove(Guest guest) {
    guests.remove(guest);
    return guests.isEmpty();
  }

  /** Is not interested in the worker any more. */
  void leave() {
    signals.commands().add(new Command.Unwatch(this));
  }

  /** Tells the worker something. */
  void tell(Signal signal) {
    signals.send(channel(), signal);
  }

  /** The worker has shown a sign of life, or could not since it is not heard at present. */
  void heard() {
    heard = home.clock().nanoTime();
  }

  /** What is known of the worker: of each name, as it does not say which it serves. */
  List<WorkerReport> reports() {
    var byName = new TreeMap<String, List<Claim>>();
    var told = 0;
    for (var guest : guests) {
      if (told++ == WorkerReport.MAX_CLAIMS) {
        break; // they are in the order of their claims
      }
      byName
          .computeIfAbsent(guest.key().name(), name -> new ArrayList<>())
          .add(new Claim(guest.key().id(), guest.claimedForMs()));
    }
    var reports = new ArrayList<WorkerReport>();
    byName.forEach(
        (name, claims) -> reports.add(new WorkerReport(id, name, List.copyOf(claims), silentMs())));
    return reports;
  }

  /** For how many ms the worker has shown no sign of life. */
  long silentMs() {
    return TimeUnit.NANOSECONDS.toMillis(home.clock().nanoTime() - heard);
  }

  /** Whether any of its guests is impatient at times. */
  boolean hasPatience() {
    return patience > 0;
  }

  /** Tells the guests that have no patience left. */
  void check() {
    var silent = silentMs();
    if (patience > 0 && silent >= patience) {
      Turns.forEach(
          home.context(),
          guests,
          guest -> {
            if (guest.stalledAfter() > 0 && silent >= guest.stalledAfter()) {
              guest.workerSilent();
            }
          });
    }
  }

  @Override
  public boolean isExpected() {
    return true;
  }

  @Override
  public void present(boolean isPresent) {
    if (!isPresent) {
      Turns.forEach(home.context(), guests, Guest::workerLost);
    }
  }

  /** Without the right to ask, only silence tells that the worker is gone. */
  @Override
  public void refused(Throwable cause) {}
}
