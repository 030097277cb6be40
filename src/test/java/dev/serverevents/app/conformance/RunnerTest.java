package dev.serverevents.app.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.app.ConformanceRedis;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the runner makes of adapters that are none. */
class RunnerTest {

  private static RedisUnderTest redis;

  @BeforeAll
  static void startRedis() throws IOException {
    redis = new ConformanceRedis();
  }

  @AfterAll
  static void endRedis() {
    redis.close();
  }

  private static Report run(String... command) {
    try (var rig = new Rig(List.of(command), 300, redis)) {
      return new Runner(rig, failed -> {}).run(Set.of("channels"));
    }
  }

  private static String shell(String script) {
    return run("/bin/sh", "-c", script).table();
  }

  @Test
  void anAdapterThatDoesNotAnswerFailsInTime() {
    assertThat(shell("while read line; do :; done"))
        .contains("none within 1800 ms")
        .contains("it has not 3 times");
  }

  @Test
  void anAdapterThatReadsNothingFailsInTime() {
    assertThat(shell("exec sleep 60")).contains("none within 1800 ms");
  }

  @Test
  void anAdapterThatEndsFails() {
    assertThat(shell("exit 3")).contains("it has ended");
  }

  @Test
  void anAdapterThatDoesNotExistFails() {
    assertThat(run("/no/such/adapter").table()).contains("expected starts");
  }

  @Test
  void anAdapterThatWritesWhatIsNoJsonFails() {
    assertThat(shell("read line; echo hello; sleep 60")).contains("it wrote what is no message");
  }

  @Test
  void anAdapterThatAnswersWhatNobodyAskedFails() {
    assertThat(shell("read line; echo '{\"call\":99,\"out\":{}}'; sleep 60"))
        .contains("it answered what nobody asked");
  }

  @Test
  void whatAClientDoesNotSupportIsSkipped() {
    var report =
        run(
            "/bin/sh",
            "-c",
            "n=0; while read line; do n=$((n+1));"
                + " echo '{\"call\":'$n',\"error\":\"unsupported\"}'; done");
    assertThat(report.isPassed()).isTrue();
    assertThat(report.toJson().getInteger("skipped")).isEqualTo(report.outcomes().size());
    assertThat(report.toJson().getJsonArray("skippedCases")).hasSize(report.outcomes().size());
  }
}
