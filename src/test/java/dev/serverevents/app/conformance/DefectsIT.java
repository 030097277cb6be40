package dev.serverevents.app.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.app.ConformanceRedis;
import dev.serverevents.testing.conformance.Defects;
import java.io.IOException;
import java.util.List;
import java.util.Set;
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
  private static RedisUnderTest redis;

  @BeforeAll
  static void startRedis() throws IOException {
    redis = new ConformanceRedis();
  }

  @AfterAll
  static void endRedis() {
    redis.close();
  }

  private static Report run(String defect, Set<String> groups) {
    try (var rig = new Rig(Defects.command(defect), 5_000, redis)) {
      return new Runner(rig, failed -> {}).run(groups, !defect.isEmpty());
    }
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
                      var group = defect.substring(0, defect.indexOf(':'));
                      var report = run(defect, Set.of(group));
                      assertThat(report.isPassed()).as(report.table()).isFalse();
                      assertThat(report.table()).contains("expected").contains("actual");
                    }));
  }

  @Test
  void withoutADefectEachGroupPasses() {
    var report = run("", Set.of());
    assertThat(report.isPassed()).as(report.table()).isTrue();
    assertThat(report.outcomes()).hasSizeGreaterThan(400);
  }
}
