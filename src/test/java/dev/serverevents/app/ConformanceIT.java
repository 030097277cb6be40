package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.conformance.Defects;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar tests a client. */
class ConformanceIT {

  private static final Path JAR = Path.of("target", "server-events.jar");

  private record Ended(int exitCode, String output, String errors) {}

  @TempDir private Path directory;

  private Ended run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", JAR.toString(), "conformance"));
    command.addAll(List.of(arguments));
    var errors = directory.resolve("errors.txt");
    var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output, Files.readString(errors));
  }

  private static String[] with(String defect, String... options) {
    return Stream.of(List.of(options), List.of("--"), Defects.command(defect))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  @Test
  void ourOwnCodePassesEachCase() throws IOException, InterruptedException {
    var ended = run(with("", "-o", "json"));
    assertThat(ended.exitCode()).as(ended.output() + ended.errors()).isZero();
    var report = new JsonObject(ended.output());
    assertThat(report.getInteger("passed")).isGreaterThan(450);
    assertThat(report.getInteger("failed")).isZero();
    assertThat(report.getInteger("skipped")).isZero();
    assertThat(report.getJsonArray("groups")).hasSize(19);
  }

  @Test
  void aDefectIsToldWithWhatWasExpected() throws IOException, InterruptedException {
    var ended = run(with("fingerprint: in upper case", "--only", "fingerprint"));
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(1);
    assertThat(ended.output())
        .containsPattern("fingerprint +0 +5 +0")
        .contains("FAILED   fingerprint: fingerprint/plain")
        .containsPattern("expected .*[0-9a-f]{64}")
        .containsPattern("actual .*[0-9A-F]{64}");
    assertThat(ended.errors()).contains("failed: fingerprint: fingerprint/plain");
  }

  @Test
  void aWrongCommandLineSaysSo() throws IOException, InterruptedException {
    for (var arguments :
        new String[][] {
          {}, {"-o", "xml", "--", "true"}, {"--only", "x", "--", "true"}, {"--limit", "0", "true"}
        }) {
      var ended = run(arguments);
      assertThat(ended.exitCode()).as(List.of(arguments) + ended.errors()).isEqualTo(2);
      assertThat(ended.errors()).contains("Try java -jar server-events.jar conformance --help");
    }
  }

  @Test
  void helpSaysHowItIsUsed() throws IOException, InterruptedException {
    var ended = run("--help");
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.output()).contains("conformance", "--only", "-o", "Exit codes");
  }
}
