package dev.serverevents.app.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.app.ConformanceRedis;
import dev.serverevents.testing.conformance.Defects;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

  /** By the defect, or by nothing. */
  private static final Map<String, Future<Report>> REPORTS = new HashMap<>();

  @BeforeAll
  static void startRuns() {
    REPORTS.put("", RUNS.submit(() -> run("", Set.of()))); // first, since it takes longest
    DEFECTS.forEach(
        defect -> REPORTS.put(defect, RUNS.submit(() -> run(defect, Set.of(group(defect))))));
  }

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
    return DEFECTS.stream()
        .map(
            defect ->
                DynamicTest.dynamicTest(
                    defect,
                    () -> {
                      var report = REPORTS.get(defect).get();
                      assertThat(report.isPassed()).as(report.table()).isFalse();
                      assertThat(report.table()).contains("expected").contains("actual");
                    }));
  }

  @Test
  void withoutADefectEachGroupPasses() throws Exception {
    var report = REPORTS.get("").get();
    assertThat(report.isPassed()).as(report.table()).isTrue();
    assertThat(report.outcomes()).hasSizeGreaterThan(400);
  }
}
