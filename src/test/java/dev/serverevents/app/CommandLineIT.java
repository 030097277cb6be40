package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Programs;
import dev.serverevents.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar's own words, and what its manifest says. */
class CommandLineIT {

  private static final Path JAR = Path.of("target", "server-events.jar");
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>server-events</artifactId>\\s*<version>(.*?)</version>");

  private static String run(String... arguments) {
    var server = ServerProcess.start(Map.of(), arguments);
    assertThat(server.awaitEnd()).as(server.output()).isZero();
    return server.output();
  }

  private static String version() throws IOException {
    var pom = VERSION.matcher(Files.readString(Path.of("pom.xml")));
    assertThat(pom.find()).isTrue();
    return pom.group(1);
  }

  @Test
  void helpShowsEveryCommand() {
    for (var option : new String[] {"--help", "-h"}) {
      assertThat(run(option)).contains("Usage: ", "serve", "wait", "emit", "conformance");
    }
  }

  @Test
  void theHelpOfServeShowsEverySetting() {
    for (var option : new String[] {"--help", "-h"}) {
      assertThat(run("serve", option))
          .contains("Usage: ", "-conf")
          .contains("timeout", "SERVER_EVENTS_TIMEOUT", "1 to 86,400,000 ms")
          .contains("redis.connectionString", "SERVER_EVENTS_REDIS")
          .contains("http.keys", "http.cors", "limits.pendingWaits", "roles", "SERVER_EVENTS_LOG")
          .contains("Exit codes");
    }
  }

  @Test
  void anOptionOfTheServerBeforeAnotherCommandIsRefused() {
    var wrong = ServerProcess.start(Map.of(), "-conf", "server.json", "emit", "job", "1");
    assertThat(wrong.awaitEnd()).isEqualTo(ExitCode.USAGE.code());
    assertThat(wrong.output()).contains("--conf must be after emit", "emit --help");
  }

  @Test
  void versionSaysWhichItIs() throws IOException {
    for (var option : new String[] {"--version", "-V"}) {
      assertThat(run(option)).contains("server-events " + version()).contains("Vert.x 5.");
    }
  }

  @Test
  void theManifestSaysTheVersionAndThatItHasClassesForOtherJdks() throws IOException {
    try (var jar = new JarFile(JAR.toFile())) {
      var manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
      assertThat(manifest.getValue("Implementation-Title")).isEqualTo("Server Events");
      assertThat(manifest.getValue("Implementation-Version")).isEqualTo(version());
      assertThat(jar.stream().map(entry -> entry.getName()))
          .anyMatch(name -> name.startsWith("META-INF/versions/21/io/vertx/"));
    }
  }

  @Test
  void virtualThreadsWorkFromTheJarOnJdk25(@TempDir Path directory) throws IOException {
    var jdk = Path.of("/usr/lib/jvm/temurin-25-jdk-amd64/bin/java");
    Programs.assume(Files.isExecutable(jdk), "virtual threads on JDK 25, which is not here");
    var source = directory.resolve("Virtual.java");
    Files.writeString(
        source,
        """
        import io.vertx.core.*;
        class Virtual {
          public static void main(String[] args) {
            var vertx = Vertx.vertx();
            var virtual = new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
            vertx.deployVerticle(context -> Future.succeededFuture(), virtual).await();
            vertx.close().await();
          }
        }
        """);
    assertThat(Programs.run(Path.of("."), jdk.toString(), "-cp", JAR.toString(), source.toString()))
        .isTrue();
  }
}
