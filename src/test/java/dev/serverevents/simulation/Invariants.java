package dev.serverevents.simulation;

import java.util.List;

final class Invariants {
  private final Facts facts;

  Invariants(Facts facts) {
    this.facts = facts;
  }

  List<String> violations() {
    return facts.waits.values().stream()
        .filter(w -> w.outcomes != 1)
        .map(w -> w.outcomes + " outcomes: " + w)
        .toList();
  }
}
