package dev.serverevents.simulation;

import static dev.serverevents.simulation.Circumstances.ns;

import dev.serverevents.Cause;
import dev.serverevents.simulation.Facts.Emitted;
import dev.serverevents.simulation.Facts.FaultKind;
import java.util.ArrayList;
import java.util.List;

/** What must hold of all emits. */
final class EmitInvariants {

  private static final long LATE_MS = 2;

  private final Facts facts;
  private final Circumstances circumstances;
  private final List<String> violations = new ArrayList<>();

  EmitInvariants(Facts facts, Circumstances circumstances) {
    this.facts = facts;
    this.circumstances = circumstances;
  }

  List<String> violations() {
    for (var emit : facts.emits.values()) {
      expect(emit.outcomes == 1, "There are %d outcomes", emit, emit.outcomes);
      if (emit.ended != null) {
        endsForAReason(emit);
        isPublished(emit);
      }
    }
    return violations;
  }

  private void expect(boolean holds, String violated, Emitted emit, Object... values) {
    if (!holds) {
      violations.add(violated.formatted(values) + ": " + emit);
    }
  }

  private void endsForAReason(Emitted emit) {
    var limit = ns(World.EMIT_TIMEOUT_MS + LATE_MS);
    expect(emit.ended.ns() <= emit.began.ns() + limit, "It ends too late", emit);
    var hasReason =
        switch (emit.cause) {
          case RESULT -> true;
          case REDIS_AWAY -> circumstances.isBroken(emit.began.ns(), emit.ended.ns());
          case REDIS_REFUSED -> circumstances.was(FaultKind.REFUSING, emit.began, emit.ended);
          case CONFLICT -> hasRival(emit);
          case DRAINING, NOT_DEPLOYED -> circumstances.hasBeen(FaultKind.DRAIN, emit.ended);
          default -> false;
        };
    expect(hasReason, "There is no reason for its end", emit);
  }

  /** Whether there is another one with its idempotency key. */
  private boolean hasRival(Emitted emit) {
    return emit.idempotency != null
        && facts.emits.values().stream()
            .anyMatch(
                other ->
                    other != emit
                        && other.key.equals(emit.key)
                        && emit.idempotency.equals(other.idempotency));
  }

  private void isPublished(Emitted emit) {
    var times = facts.publications.stream().filter(event -> event.number() == emit.number).toList();
    if (emit.cause == Cause.RESULT) {
      var isPublished = times.stream().anyMatch(event -> event.at().isBefore(emit.ended));
      expect(isPublished, "It was not published", emit);
    }
    if (emit.cause == Cause.CONFLICT) {
      expect(times.isEmpty(), "It was published all the same", emit);
    }
    if (emit.idempotency != null || emit.retain == 0) {
      expect(times.size() <= 1, "It was published %d times", emit, times.size());
    }
  }
}
