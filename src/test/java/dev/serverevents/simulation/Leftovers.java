package dev.serverevents.simulation;

import java.util.ArrayList;
import java.util.List;

/** The invariant that nothing is left. */
final class Leftovers {

  private Leftovers() {}

  /** What is left that should not be once all waits have ended. */
  static List<String> of(Simulation simulation, int pending, int timers) {
    var left = new ArrayList<String>();
    if (pending > 0) {
      left.add("Left: %d waits or streams, or verticles".formatted(pending));
    }
    if (timers > 0) {
      left.add("Left: %d timers".formatted(timers));
    }
    if (!simulation.subscriptions().isEmpty()) {
      left.add("Left: subscriptions of " + simulation.subscriptions());
    }
    return left;
  }

  /** What workers do for waits that have ended, though they could know. */
  static List<String> ofWorkers(Simulation simulation) {
    var left = new ArrayList<String>();
    var facts = simulation.facts;
    var canKnow =
        facts.faults.stream()
            .noneMatch(
                fault ->
                    fault.kind == Facts.FaultKind.DRAIN
                        || fault.kind == Facts.FaultKind.LOSS
                        || fault.kind == Facts.FaultKind.REFUSING);
    for (var wait : facts.waits.values()) {
      if (canKnow && wait.isWatching && wait.isRequest) {
        for (var worker : simulation.workers) {
          if (worker.holds(wait.index)) {
            left.add("Left: the job of %s, which nobody wants".formatted(wait));
          }
        }
      }
    }
    return left;
  }

  /** What Redis keeps though its time is over. */
  static List<String> ofMemory(Simulation simulation) {
    var left = new ArrayList<String>();
    if (!simulation.redis.retained().isEmpty()) {
      left.add("Left: kept events: " + simulation.redis.retained().keySet());
    }
    if (!simulation.redis.lists().isEmpty()) {
      left.add("Left: jobs: " + simulation.redis.lists());
    }
    return left;
  }
}
