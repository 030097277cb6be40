package dev.serverevents.simulation;

import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * What came of a seed.
 *
 * @param violations the invariants that did not hold
 * @param hash of the trace
 */
record Report(
    long seed, List<Step> schedule, List<String> trace, int hash, List<String> violations) {

  boolean isGood() {
    return violations.isEmpty();
  }

  /** All of it, as text. */
  String text() {
    return "seed %d%n  %s%nschedule:%n  %s%ntrace:%n  %s%nreplay it with -Dsimulation.seed=%d"
        .formatted(
            seed,
            isGood() ? "all invariants hold" : String.join("\n  ", violations),
            schedule.stream().map(Step::toString).collect(joining("\n  ")),
            String.join("\n  ", trace),
            seed);
  }
}
