package dev.serverevents.simulation;

import static dev.serverevents.simulation.Circumstances.ns;
import static java.util.stream.Collectors.joining;

import dev.serverevents.Cause;
import dev.serverevents.simulation.Facts.Emitted;
import dev.serverevents.simulation.Facts.FaultKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
      expect(emit.outcomes == 1, emit, "There are", emit.outcomes, "outcomes");
      if (emit.ended != null) {
        endsForAReason(emit);
        isPublished(emit);
      }
    }
    return violations;
  }

  private void expect(boolean holds, Emitted emit, Object... violated) {
    if (!holds) {
      var text = Stream.of(violated).map(String::valueOf).collect(joining(" "));
      violations.add(text + ": " + emit);
    }
  }

  private void endsForAReason(Emitted emit) {
    var limit = ns(World.EMIT_TIMEOUT_MS + LATE_MS);
    expect(emit.ended.ns() <= emit.began.ns() + limit, emit, "It ends too late");
    var hasReason =
        switch (emit.cause) {
          case RESULT -> true;
          case REDIS_AWAY -> circumstances.isBroken(emit.began.ns(), emit.ended.ns());
          case REDIS_REFUSED -> circumstances.was(FaultKind.REFUSING, emit.began, emit.ended);
          case CONFLICT -> hasRival(emit);
          case DRAINING, NOT_DEPLOYED -> circumstances.hasBeen(FaultKind.DRAIN, emit.ended);
          default -> false;
        };
    expect(hasReason, emit, "There is no reason for its end");
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
      expect(isPublished, emit, "It was not published");
    }
    if (emit.cause == Cause.CONFLICT) {
      expect(times.isEmpty(), emit, "It was published all the same");
    }
    if (emit.idempotency != null || emit.retain == 0) {
      expect(times.size() <= 1, emit, "It was published", times.size(), "times");
    }
  }
}
