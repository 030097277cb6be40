package dev.serverevents.app.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.app.ConformanceRedis;
import dev.serverevents.testing.conformance.Defects;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The runner finds each defect that a client may have. */
@Tag("long")
class DefectsIT {

  private static final List<String> DEFECTS = Defects.names();

  /** Most of the time of a run is waiting. */
  private static final ExecutorService RUNS = Executors.newFixedThreadPool(3);

  @AfterAll
  static void endRuns() {
    RUNS.shutdown();
  }

  private static Report run(String defect, Set<String> groups) throws IOException {
    try (var redis = new ConformanceRedis();
        var rig = new Rig(Defects.command(defect), 5_000, redis)) {
      return new Runner(rig, failed -> {}).run(groups, !defect.isEmpty());
    }
  }

  private static String group(String defect) {
    return defect.substring(0, defect.indexOf(':'));
  }

  @Test
  void thereAreManyDefects() {
    assertThat(DEFECTS).hasSizeGreaterThanOrEqualTo(25);
  }

  @TestFactory
  Stream<DynamicTest> eachDefectIsFound() {
    var reports = new LinkedHashMap<String, Future<Report>>();
    DEFECTS.forEach(
        defect -> reports.put(defect, RUNS.submit(() -> run(defect, Set.of(group(defect))))));
    return DEFECTS.stream()
        .map(
            defect ->
                DynamicTest.dynamicTest(
                    defect,
                    () -> {
                      var report = reports.get(defect).get();
                      assertThat(report.isPassed()).as(report.table()).isFalse();
                      assertThat(report.table()).contains("expected").contains("actual");
                    }));
  }

  @Test
  void withoutADefectEachGroupPasses() throws IOException {
    var report = run("", Set.of());
    assertThat(report.isPassed()).as(report.table()).isTrue();
    assertThat(report.outcomes()).hasSizeGreaterThan(400);
  }
}
