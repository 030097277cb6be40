package dev.serverevents.internal.client;

import dev.serverevents.internal.journal.WorkerReport;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Signals;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one ServerEvents knows of workers: which names are served, and who has claimed its jobs.
 * Used on its context only.
 */
final class Workers {

  /** How long a name stays watched at least that no wait needs, in ms. */
  private static final long IDLE_MS = 5_000;

  /** How often it is looked for workers that have stalled, in ms. */
  private static final long CHECK_MS = 100;

  /** Of how many workers is reported what is known. */
  private static final int MAX_REPORTS = 100;

  /** A name or a worker, as one verticle sees it. */
  private record At(Mailbox<Command> verticle, String what) {}

  private final Home home;
  private final Map<At, Served> names = new HashMap<>();
  private final Map<At, Claimant> claimants = new HashMap<>();
  private long idleTimer = -1;
  private long checkTimer = -1;

  Workers(Home home) {
    this.home = home;
  }

  /** Adds a wait that needs a worker of its name. */
  Served serving(Deployment verticle, String name, Served.Guest guest) {
    var served =
        names.computeIfAbsent(
            new At(verticle.commands(), name), at -> new Served(home, verticle, name));
    if (idleTimer < 0) {
      idleTimer = home.setPeriodic(IDLE_MS, () -> leaveIdle(IDLE_MS));
    }
    served.add(guest);
    return served;
  }

  private void leaveIdle(long ms) {
    names.values().removeIf(served -> served.leaveIfUnused(ms));
    if (names.isEmpty()) {
      home.cancel(idleTimer);
      idleTimer = -1;
    }
  }

  /** Adds a wait to the worker that has claimed its job. */
  Claimant claimant(Deployment verticle, String workerId, Claimant.Guest guest) {
    var claimant =
        claimants.computeIfAbsent(
            new At(verticle.commands(), workerId), at -> new Claimant(home, verticle, workerId));
    claimant.heard();
    claimant.add(guest);
    if (claimant.hasPatience() && checkTimer < 0) {
      checkTimer = home.setPeriodic(CHECK_MS, this::check);
    }
    return claimant;
  }

  private void check() {
    if (claimants.values().stream().noneMatch(Claimant::hasPatience)) {
      home.cancel(checkTimer);
      checkTimer = -1;
    }
    claimants.values().forEach(Claimant::check);
  }

  /** Takes a wait away from a worker that has its job no more. */
  void remove(Deployment verticle, Claimant claimant, Claimant.Guest guest) {
    if (claimant.remove(guest)
        && claimants.remove(new At(verticle.commands(), claimant.id()), claimant)) {
      claimant.leave();
    }
  }

  /** Does what a worker says on an inbox. */
  void signalled(Inbox inbox, Signal signal) {
    if (signal instanceof Signal.Claim claim && claim.name().equals(inbox.name())) {
      var job = inbox.job(claim.id());
      if (job != null) {
        job.claimed(claim);
      } else {
        tell(inbox, claim.workerId(), unwanted(inbox, claim.id(), false));
      }
      askAgain(inbox, claim.workerId());
    } else if (signal instanceof Signal.Alive alive) {
      alive(inbox, alive);
    }
  }

  /** A sign of life is answered; who is not known has claimed something that was not heard. */
  private void alive(Inbox inbox, Signal.Alive alive) {
    var claimant = claimants.get(new At(inbox.verticle().commands(), alive.who()));
    if (inbox.tryAskAgain(alive.who()) || claimant == null) {
      tell(inbox, alive.who(), new Signal.Reclaim(inbox.channel()));
    }
    if (claimant == null) {
      return;
    }
    claimant.heard();
    if (alive.job().isEmpty()) {
      claimant.tell(new Signal.Alive(inbox.channel(), Optional.empty()));
    } else {
      var job = inbox.job(alive.job().get().id());
      if (job != null) {
        job.gotOn();
      }
    }
  }

  /** A worker that is known for one job may have others, the claims of which were missed. */
  private void askAgain(Inbox inbox, String workerId) {
    if (inbox.tryAskAgain(workerId)) {
      tell(inbox, workerId, new Signal.Reclaim(inbox.channel()));
    }
  }

  /** An inbox is heard again: claims may have been missed, and signs of life were. */
  void heardAgain(Inbox inbox) {
    for (var claimant : List.copyOf(claimants.values())) {
      claimant.heard();
      askAgain(inbox, claimant.id());
    }
  }

  /** What the worker of a job is told whose answer is not wanted any more. */
  static Signal unwanted(Inbox inbox, String id, boolean isRevoked) {
    return new Signal.Unwanted(inbox.name(), id, inbox.channel(), isRevoked);
  }

  private void tell(Inbox inbox, String workerId, Signal signal) {
    new Signals(inbox.verticle().commands(), home.notices())
        .send(WireNames.worker(workerId), signal);
  }

  /** What is known of workers that have jobs. */
  List<WorkerReport> reports() {
    var reports = new ArrayList<WorkerReport>();
    claimants.values().stream()
        .limit(MAX_REPORTS)
        .forEach(claimant -> reports.addAll(claimant.reports()));
    return reports;
  }

  /** Watches nothing any more. */
  void close() {
    leaveIdle(0);
    home.cancel(idleTimer);
    home.cancel(checkTimer);
    claimants.values().forEach(Claimant::leave);
    claimants.clear();
  }
}
