package dev.serverevents.simulation;

import static dev.serverevents.simulation.Circumstances.ns;

import dev.serverevents.simulation.Facts.FaultKind;
import dev.serverevents.simulation.Facts.Wait;
import java.util.ArrayList;
import java.util.List;

/** What waits must know of workers. */
final class WorkerInvariants {

  /** So long it takes at most to notice that a worker is gone. */
  private static final long ABSENCE_MS = 1_700;

  /** The same for one that stands still, if the wait is impatient. */
  private static final long SILENCE_MS = 2_200;

  /** So long others are given to come back after a break. */
  private static final long DISTURBANCE_MS = 3_000;

  /** How often a worker shows a sign of life at least, upon which it is asked to claim again. */
  private static final long SIGN_MS = 5_050;

  private static final long IMPATIENT_SIGN_MS = 450;

  private final Facts facts;
  private final Circumstances circumstances;
  private final List<String> violations = new ArrayList<>();

  WorkerInvariants(Facts facts, Circumstances circumstances) {
    this.facts = facts;
    this.circumstances = circumstances;
  }

  List<String> violations() {
    for (var wait : facts.waits.values()) {
      if (wait.ended != null && wait.isWatching && !isObscure(wait)) {
        if (wait.isRequest) {
          noticesThatItsWorkerIsGone(wait);
          knowsItsWorker(wait);
        }
        noticesThatNobodyIsThere(wait);
      }
    }
    return violations;
  }

  /** Whether it may know less, since messages were lost or refused. */
  private boolean isObscure(Wait wait) {
    return circumstances.hasBeen(FaultKind.LOSS, wait.ended)
        || circumstances.hasBeen(FaultKind.REFUSING, wait.ended);
  }

  private void expectEndBy(long due, String violated, Wait wait) {
    var isDisturbed =
        circumstances.isBroken(due - ns(DISTURBANCE_MS + ABSENCE_MS + SILENCE_MS), due);
    if (!isDisturbed && wait.ended.ns() > due) {
      violations.add(violated + ": " + wait);
    }
  }

  private long due(Moment from, long ms) {
    return from.ns() + ns(ms) + 8 * circumstances.latency();
  }

  private void noticesThatItsWorkerIsGone(Wait wait) {
    var worker = wait.plan.worker();
    var claimed = wait.claimed;
    if (claimed == null
        || !claimed.isBefore(wait.ended)
        || circumstances.isBroken(claimed.ns(), claimed.ns() + circumstances.latency())) {
      return;
    }
    var death = facts.deaths.get(worker);
    var freeze = facts.freezes.get(worker);
    if (death != null && claimed.isBefore(death) && (freeze == null || death.isBefore(freeze))) {
      expectEndBy(due(death, ABSENCE_MS), "Its worker died, unnoticed", wait);
    } else if (freeze != null && claimed.isBefore(freeze) && wait.canStall) {
      expectEndBy(due(freeze, SILENCE_MS), "Its worker stood still, unnoticed", wait);
    }
  }

  private void knowsItsWorker(Wait wait) {
    var worker = wait.plan.worker();
    var isThere = !facts.deaths.containsKey(worker) && !facts.freezes.containsKey(worker);
    var hasIt = wait.taken != null && (wait.done == null || wait.ended.isBefore(wait.done));
    if (isThere && hasIt && !wait.hasEvent() && wait.cancelled == null) {
      var since = Math.max(wait.taken.ns(), circumstances.recovered(wait.ended.ns()));
      var sign = ns(wait.canStall ? IMPATIENT_SIGN_MS : SIGN_MS) + 4 * circumstances.latency();
      var isKnown = SimulatedWorker.id(worker).equals(wait.timeline.claimedBy());
      if (since + sign < wait.ended.ns() && !isKnown) {
        violations.add("Its worker is not known: " + wait);
      }
    }
  }

  private void noticesThatNobodyIsThere(Wait wait) {
    if (wait.needsWorker && facts.deaths.size() == facts.workers) {
      var from = wait.began;
      for (var death : facts.deaths.values()) {
        from = from.isBefore(death) ? death : from;
      }
      expectEndBy(due(from, ABSENCE_MS), "No worker is there, unnoticed", wait);
    }
  }
}
