package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.CommandProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script, and what the JVM keeps of a rehearsal. */
@Tag("jdk")
class StartIT {

  private static final Path TARGET = Path.of("target");
  private static final String SCRIPT = "server-events";
  private static final String JAR = "server-events.jar";
  private static final String ARCHIVE = "server-events.jsa";
  private static final String JAVA_HOME = System.getProperty("java.home");
  private static final String JAVA = Path.of(JAVA_HOME, "bin", "java").toString();

  @TempDir private Path folder;

  /** Copies files of the build. */
  private void copy(String... files) throws IOException {
    for (var file : files) {
      Files.copy(TARGET.resolve(file), folder.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private CommandProcess rehearse(String options) {
    return CommandProcess.run(
        Map.of("JDK_JAVA_OPTIONS", options),
        List.of(JAVA, "-jar", folder.resolve(JAR).toString(), "rehearse"));
  }

  /**
   * Tells whether a start takes its classes from an archive. It ends for want of a port, and prints
   * nothing but that: where an archive does not fit, the JVM says nothing.
   */
  private boolean isQuick(Path script, String... options) throws IOException {
    var log = folder.resolve("classes.txt");
    var java = String.join(" ", options) + " -Xlog:class+load:file=" + log;
    var server =
        CommandProcess.run(
            Map.of(
                "JAVA_HOME",
                JAVA_HOME,
                "JDK_JAVA_OPTIONS",
                java.strip(),
                "SERVER_EVENTS_HTTP_PORT",
                "none"),
            List.of(script.toString()));
    assertThat(server.code()).isEqualTo(ExitCode.SETTING.code());
    assertThat(server.output().lines())
        .as(server.output())
        .singleElement()
        .asString()
        .contains("Cannot start: http.port is \"none\"");
    assertThat(server.errors().lines()).allMatch(line -> line.contains("JDK_JAVA_OPTIONS"));
    var main = "dev.serverevents.app.Main source: ";
    var classes = Files.readString(log);
    assertThat(classes).contains(main);
    return classes.contains(main + "shared objects file");
  }

  @Test
  void theBuildRehearsesAndTheScriptUsesWhatIsKept() throws IOException {
    assertThat(isQuick(TARGET.resolve(SCRIPT))).isTrue();
    var link =
        Files.createSymbolicLink(folder.resolve("link"), TARGET.resolve(SCRIPT).toAbsolutePath());
    assertThat(isQuick(link)).isTrue();
  }

  @Test
  void whatDoesNotFitIsPassedOverInSilence() throws IOException {
    copy(SCRIPT, JAR);
    var script = folder.resolve(SCRIPT);
    assertThat(isQuick(script)).as("nothing is kept").isFalse();
    copy(ARCHIVE);
    Files.setLastModifiedTime(folder.resolve(JAR), FileTime.fromMillis(0));
    assertThat(isQuick(script)).as("of another jar").isFalse();
    Files.setLastModifiedTime(folder.resolve(JAR), FileTime.from(Instant.now()));
    assertThat(isQuick(script)).as("of an older jar").isFalse();
    Files.delete(folder.resolve(ARCHIVE));
    Files.writeString(folder.resolve(ARCHIVE), "no archive");
    Files.setLastModifiedTime(
        folder.resolve(ARCHIVE), Files.getLastModifiedTime(folder.resolve(JAR)));
    assertThat(isQuick(script)).as("no archive").isFalse();
    assertThat(isQuick(TARGET.resolve(SCRIPT), "-XX:-UseCompressedOops"))
        .as("of a JVM with other options")
        .isFalse();
  }

  @Test
  void aRehearsalElsewhereIsForTheJarThere() throws IOException {
    copy(SCRIPT, JAR);
    var rehearsal = rehearse("");
    assertThat(rehearsal.code()).as(rehearsal.errors()).isZero();
    assertThat(rehearsal.output() + rehearsal.errors()).doesNotContain("[");
    assertThat(isQuick(folder.resolve(SCRIPT))).isTrue();
  }

  @Test
  void aRehearsalThatFailsSaysWhyAndLeavesNothing() throws IOException {
    copy(JAR);
    var rehearsal = rehearse("-Djava.io.tmpdir=/proc/nowhere");
    assertThat(rehearsal.code()).isEqualTo(ExitCode.EMBEDDED_REDIS.code());
    assertThat(rehearsal.errors()).contains("it needs a folder for its files", "is not written");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve(JAR));
    }
  }
}
