package dev.serverevents.simulation;

import static dev.serverevents.simulation.Circumstances.ns;
import static java.util.stream.Collectors.joining;

import dev.serverevents.Cause;
import dev.serverevents.internal.wire.WireNames;
import dev.serverevents.simulation.Facts.FaultKind;
import dev.serverevents.simulation.Facts.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What must hold of all waits and streams, given what was published when, and what was wrong. */
final class Invariants {

  /** So long it may take to settle a wait, whatever happens. */
  private static final long SETTLING_MS = 1_270;

  /** How late the time of a wait may be over. */
  private static final long LATE_MS = 2;

  private final Facts facts;
  private final Circumstances circumstances;
  private final List<String> violations = new ArrayList<>();

  Invariants(Facts facts) {
    this.facts = facts;
    circumstances = new Circumstances(facts);
  }

  List<String> violations() {
    for (var wait : facts.waits.values()) {
      expect(wait.outcomes == 1, wait, "There are", wait.outcomes, "outcomes");
      if (wait.ended != null) {
        endsInTime(wait);
        endsForAReason(wait);
        missesNothing(wait);
        findsWhatIsKept(wait);
        if (wait.isStream) {
          seesAllProgress(wait);
        }
        if (wait.hasEvent() && wait.cancelled == null) {
          hasItsOwnEvent(wait);
        }
      }
    }
    violations.addAll(new WorkerInvariants(facts, circumstances).violations());
    violations.addAll(new EmitInvariants(facts, circumstances).violations());
    return violations;
  }

  private void expect(boolean holds, Wait wait, Object... violated) {
    if (!holds) {
      var text = Stream.of(violated).map(String::valueOf).collect(joining(" "));
      violations.add(text + ": " + wait);
    }
  }

  private void endsInTime(Wait wait) {
    var late = ns(LATE_MS + SETTLING_MS);
    expect(wait.ended.ns() <= wait.deadline() + late, wait, "It ends too late");
    var isEarly =
        switch (wait.cause) {
          case NO_EVENT, NEVER_CLAIMED, REDIS_GAP, REDIS_AWAY -> wait.ended.ns() < wait.deadline();
          default -> false;
        };
    expect(!isEarly, wait, "It ends before its time is over");
  }

  private void endsForAReason(Wait wait) {
    var began = wait.began;
    var ended = wait.ended;
    var hasReason =
        switch (wait.cause) {
          case RESULT, FAILURE -> true;
          case NO_EVENT -> isHeardAllAlong(wait);
          case NEVER_CLAIMED -> wait.isWatching && wait.isRequest && isHeardAllAlong(wait);
          case NO_WORKER -> wait.needsWorker && facts.deaths.size() == facts.workers;
          case WORKER_LOST -> wait.plan != null && facts.deaths.containsKey(wait.plan.worker());
          case STALLED -> wait.canStall && canStall(wait);
          case REDIS_GAP, REDIS_AWAY -> canHaveMissed(wait);
          case REDIS_REFUSED -> circumstances.was(FaultKind.REFUSING, began, ended);
          case DRAINING, NOT_DEPLOYED -> circumstances.hasBeen(FaultKind.DRAIN, ended);
          case CANCELLED -> wait.cancelled != null;
          case UNEXPECTED -> wait.plan != null && wait.plan.failsToHandOver();
          default -> false;
        };
    expect(hasReason, wait, "There is no reason for its end");
  }

  /** A wait that is retained looks up what it has missed. */
  private boolean canHaveMissed(Wait wait) {
    if (wait.heard == null && circumstances.hasBeen(FaultKind.SLOW, wait.ended)) {
      return true;
    }
    var since = wait.isRetained ? wait.deadline() : wait.began.ns();
    return circumstances.isBroken(since, wait.ended.ns());
  }

  /** A wait that cannot look up what it has missed knows nothing once a connection has broken. */
  private boolean isHeardAllAlong(Wait wait) {
    if (wait.heard == null) {
      return wait.isStream; // its event was heard, though not its progress
    }
    return wait.isRetained || !circumstances.breaks(wait.heard, wait.deadline());
  }

  private boolean canStall(Wait wait) {
    var worker = wait.plan.worker();
    return facts.deaths.containsKey(worker)
        || facts.freezes.containsKey(worker)
        || facts.faults.stream().anyMatch(fault -> fault.from.isBefore(wait.ended));
  }

  private static boolean takes(Wait wait, SimulatedEvent event) {
    var channel = wait.isDirect ? wait.inbox : wait.key.channel();
    return event.key().equals(wait.key) && event.channel().equals(channel);
  }

  /** What was published in the time of a wait that was heard by then. */
  private List<SimulatedEvent> inTime(Wait wait) {
    return wait.heard == null
        ? List.of()
        : facts.publications.stream()
            .filter(event -> takes(wait, event) && !event.isLost())
            .filter(event -> wait.heard.isBefore(event.at()) && event.at().isBefore(wait.ended))
            .filter(event -> event.at().ns() <= wait.deadline())
            .toList();
  }

  /** Whether what was published has come to the verticle. */
  private boolean arrives(SimulatedEvent event) {
    var at = event.at().ns();
    return !circumstances.isBroken(at, at + circumstances.latency());
  }

  /**
   * What was published while a retained wait was not heard counts only if it was kept until the
   * wait looked it up.
   */
  private void missesNothing(Wait wait) {
    for (var event : inTime(wait)) {
      var saysNothingCame = wait.cause == Cause.NO_EVENT || wait.cause == Cause.NEVER_CLAIMED;
      var isCovered = !wait.isRetained || arrives(event);
      expect(!saysNothingCame || !isCovered, wait, "There was an event in time,", event);
      var due = event.at().ns() + circumstances.latency();
      expect(!arrives(event) || wait.ended.ns() <= due, wait, "It has not got", event);
    }
  }

  private void hasItsOwnEvent(Wait wait) {
    var got =
        facts.publications.stream()
            .filter(event -> event.number() == wait.number && event.key().equals(wait.key))
            .filter(event -> event.isFailure() == (wait.cause == Cause.FAILURE) || wait.isStream)
            .filter(event -> event.at().isBefore(wait.ended))
            .filter(event -> isHeard(wait, event) || isFound(wait, event))
            .findFirst();
    expect(got.isPresent(), wait, "It cannot have got", wait.number);
    if (got.isPresent() && !wait.isRetained) {
      var passedOver =
          inTime(wait).stream()
              .filter(this::arrives)
              .filter(event -> event.at().isBefore(got.get().at()))
              .toList();
      expect(passedOver.isEmpty(), wait, "It got", got, "in the place of", passedOver);
    }
  }

  private boolean isHeard(Wait wait, SimulatedEvent event) {
    return takes(wait, event)
        && !event.isLost()
        && event.at().ns() + circumstances.latency() >= wait.began.ns()
        && (!wait.isDirect || Elsewhere.waitOf(event.number()) == wait.index);
  }

  private boolean isFound(Wait wait, SimulatedEvent event) {
    var since = wait.isRequest ? event.at().ns() + circumstances.latency() : event.keptUntil();
    return wait.isRetained && event.keptUntil() > 0 && since >= wait.began.ns();
  }

  /** What is kept is found at the beginning, and after each break. */
  private void findsWhatIsKept(Wait wait) {
    if (!wait.isRetained || wait.hasEvent() || wait.heard == null) {
      return;
    }
    if (!wait.isRequest) {
      var before = lastKept(wait, wait.began);
      var isFound = before == null || before.keptUntil() <= wait.heard.ns();
      var isOther = !Objects.equals(before, lastKept(wait, wait.heard));
      expect(isFound || isOther, wait, "It has not found", before);
    }
    var end = Math.min(wait.deadline(), wait.ended.ns());
    var recovered = circumstances.recovered(end);
    var last = lastKept(wait, wait.ended);
    if (last != null && recovered > wait.heard.ns() && recovered < end) {
      var isThere =
          (!wait.isRequest || wait.heard.isBefore(last.at()))
              && circumstances.isBeforeRecovery(last.at(), end)
              && last.keptUntil() > recovered;
      expect(!isThere, wait, "It has not found", last, "after a break");
    }
  }

  private SimulatedEvent lastKept(Wait wait, Moment before) {
    SimulatedEvent last = null;
    for (var event : facts.publications) {
      if (event.keptUntil() > 0 && event.key().equals(wait.key) && event.at().isBefore(before)) {
        last = event;
      }
    }
    return last;
  }

  private void seesAllProgress(Wait wait) {
    var channel = WireNames.progress(wait.key);
    var last = -1;
    for (var event : facts.publications) {
      if (event.channel().equals(channel) && event.key().equals(wait.key)) {
        var index = wait.seen.indexOf(event.number());
        var isDue =
            wait.heard != null
                && wait.heard.isBefore(event.at())
                && wait.cancelled == null
                && !event.isLost()
                && arrives(event)
                && event.at().ns() + circumstances.latency() < wait.ended.ns();
        expect(!isDue || index >= 0, wait, "It has not seen", event);
        expect(index < 0 || index > last, wait, "It has seen", event, "too early");
        last = Math.max(last, index);
      }
    }
    var seenOnce = wait.seen.stream().distinct().count() == wait.seen.size();
    expect(seenOnce, wait, "It has seen something twice:", wait.seen);
  }
}
