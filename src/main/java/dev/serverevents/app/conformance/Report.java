package dev.serverevents.app.conformance;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What has become of all cases, as a table and as JSON. */
record Report(List<Outcome> outcomes) {

  private static final String ROW = "%-16s %7s %7s %7s";

  /** Whether nothing failed. */
  boolean isPassed() {
    return outcomes.stream().noneMatch(outcome -> outcome.is(Outcome.Kind.FAILED));
  }

  private static long count(List<Outcome> of, Outcome.Kind kind) {
    return of.stream().filter(outcome -> outcome.is(kind)).count();
  }

  private List<Outcome> all(Outcome.Kind kind) {
    return outcomes.stream().filter(outcome -> outcome.is(kind)).toList();
  }

  private List<Outcome> group(String group) {
    return outcomes.stream().filter(outcome -> outcome.group().equals(group)).toList();
  }

  private LinkedHashSet<String> groups() {
    var groups = new LinkedHashSet<String>();
    outcomes.forEach(outcome -> groups.add(outcome.group()));
    return groups;
  }

  /** The table, and each failure with what was expected. */
  String table() {
    var lines = new ArrayList<String>();
    lines.add(ROW.formatted("group", "passed", "failed", "skipped"));
    groups().forEach(group -> lines.add(row(group, group(group))));
    lines.add(row("all", outcomes));
    for (var failed : all(Outcome.Kind.FAILED)) {
      lines.add("");
      lines.add("FAILED   " + failed.group() + ": " + failed.name());
      lines.add("         " + failed.what());
      lines.add("expected " + failed.expected());
      lines.add("actual   " + failed.actual());
    }
    for (var why : whySkipped()) {
      lines.add("skipped  " + why);
    }
    return String.join("\n", lines);
  }

  private Set<String> whySkipped() {
    return all(Outcome.Kind.SKIPPED).stream()
        .map(skipped -> skipped.group() + ": " + skipped.what())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String row(String group, List<Outcome> of) {
    return ROW.formatted(
        group,
        count(of, Outcome.Kind.PASSED),
        count(of, Outcome.Kind.FAILED),
        count(of, Outcome.Kind.SKIPPED));
  }

  JsonObject toJson() {
    var groups = new JsonArray();
    groups().forEach(group -> groups.add(counts(group(group)).put("group", group)));
    var failures = new JsonArray();
    all(Outcome.Kind.FAILED).forEach(failed -> failures.add(failed.toJson()));
    var skipped = new JsonArray();
    all(Outcome.Kind.SKIPPED).forEach(each -> skipped.add(each.toJson()));
    return counts(outcomes)
        .put("groups", groups)
        .put("failures", failures)
        .put("skippedCases", skipped);
  }

  private static JsonObject counts(List<Outcome> of) {
    return new JsonObject()
        .put("passed", count(of, Outcome.Kind.PASSED))
        .put("failed", count(of, Outcome.Kind.FAILED))
        .put("skipped", count(of, Outcome.Kind.SKIPPED));
  }
}
