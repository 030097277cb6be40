package dev.serverevents.app.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Runs all cases against an adapter. */
final class Runner {

  /** An adapter that has failed to answer so often in a row is not asked any more. */
  private static final int MUTE = 3;

  /** Groups that need Redis, each of which has an adapter of its own. */
  private static final Set<String> LIVE = Set.of("wait", "emit", "work", "list", "faults");

  private final Rig rig;
  private final Consumer<String> progress;
  private int mute;
  private String lastGroup = "";

  /**
   * Runs nothing yet.
   *
   * @param progress is told each case that failed, at once
   */
  Runner(Rig rig, Consumer<String> progress) {
    this.rig = rig;
    this.progress = progress;
  }

  /** All cases that there are. */
  static List<Case> cases() {
    var vectors =
        Vector.all().stream()
            .map(
                vector ->
                    new Case(
                        vector.operation(),
                        vector.id(),
                        on -> vector.check(on.adapter().ask(vector.operation(), vector.in()))));
    return Stream.of(
            vectors,
            WaitCases.all(),
            EmitCases.all(),
            WorkCases.all(),
            ListCases.all(),
            FaultCases.all())
        .flatMap(Function.identity())
        .toList();
  }

  /** Runs the cases of some groups; those of all if there are none. */
  Report run(Set<String> groups) {
    return run(groups, false);
  }

  /**
   * The same.
   *
   * @param isFailFast whether the first failure ends it
   */
  Report run(Set<String> groups, boolean isFailFast) {
    var outcomes = new ArrayList<Outcome>();
    var report = new Report(outcomes);
    for (var each : cases()) {
      if (isFailFast && !report.isPassed()) {
        break;
      }
      if (groups.isEmpty() || groups.contains(each.group())) {
        outcomes.add(run(each));
      }
    }
    return report;
  }

  private Outcome run(Case tested) {
    if (mute >= MUTE) {
      return Outcome.failed(tested, "the adapter", "answers", "it has not " + MUTE + " times");
    }
    var isLive = LIVE.contains(tested.group());
    if (isLive && !tested.group().equals(lastGroup)) {
      rig.replaceAdapter();
    }
    lastGroup = tested.group();
    var outcome = Outcome.of(tested, rig);
    if (outcome.is(Outcome.Kind.FAILED)) {
      progress.accept("failed: " + tested.group() + ": " + tested.name());
      mute = rig.isAdapterUsable() ? 0 : mute + 1;
      if (isLive || mute > 0) {
        rig.replaceAdapter();
      }
    } else {
      mute = 0;
    }
    rig.clear();
    return outcome;
  }
}
