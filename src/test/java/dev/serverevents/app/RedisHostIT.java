package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Hosts of Redis as Docker Compose names them, with an underscore that no URI may have. */
@ExtendWith(ServerExtension.class)
@Tag("long")
class RedisHostIT {

  @TempDir private Path directory;

  private Map<String, String> environment(String url) throws IOException {
    var hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 my_redis my_project-1\n");
    return Map.of(
        "JAVA_TOOL_OPTIONS",
        "-Djdk.net.hosts.file=" + hosts,
        "SERVER_EVENTS_REDIS",
        url,
        "SERVER_EVENTS_HTTP_PORT",
        "0");
  }

  @Test
  void aHostMayHaveAnUnderscore(Server test) throws IOException {
    for (var host : new String[] {"my_redis", "my_project-1"}) {
      var url = "redis://" + host + ":" + test.redis().port() + "/0";
      try (var server = ServerProcess.start(environment(url))) {
        assertThat(server.url()).startsWith("http://127.0.0.1:");
      }
    }
  }

  @Test
  void oneThatIsNotKnownOrDoesNotAnswerIsNamed() throws IOException {
    var unknown = ServerProcess.start(environment("redis://:secret@your_redis:6379"));
    assertThat(unknown.awaitEnd()).isNotZero();
    assertThat(unknown.output())
        .contains("Cannot start: Redis at redis://your_redis:6379: ")
        .doesNotContain("secret");
    var silent = ServerProcess.start(environment("redis://:secret@my_redis:1"));
    assertThat(silent.awaitEnd()).isNotZero();
    assertThat(silent.output())
        .contains("Cannot start: Redis at redis://my_redis:1: Connection refused")
        .doesNotContain("secret");
  }
}
