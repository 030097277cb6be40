package dev.serverevents.redis;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import redis.embedded.RedisExecProvider;

/** Redis in a container, where a Docker engine answers. */
@ExtendWith(ServerExtension.class)
class ContainerRedisIT {

  private static final int PORT = 6379;

  @BeforeEach
  void dockerMustAnswer() {
    Programs.assume(
        DockerClientFactory.instance().isDockerAvailable(),
        "no Docker engine answers, so Redis in a container is not tested");
  }

  /** An image of the redis-server that the embedded one is, so that no registry is needed. */
  private static GenericContainer<?> redis(String... arguments) {
    var info = DockerClientFactory.instance().client().infoCmd().exec();
    var architecture = "aarch64".equals(info.getArchitecture()) ? "arm64" : "amd64";
    var image =
        new ImageFromDockerfile("server-events-test-redis:7.0.15", true)
            .withFileFromTransferable("redis-server", executable(architecture))
            .withDockerfileFromBuilder(
                builder ->
                    builder
                        .from("scratch")
                        .copy("redis-server", "/redis-server")
                        .entryPoint("/redis-server", "--bind", "0.0.0.0", "--protected-mode", "no")
                        .build());
    return new GenericContainer<>(image).withExposedPorts(PORT).withCommand(arguments);
  }

  private static Transferable executable(String architecture) {
    var name = "/redis-server-7.0.15-linux-" + architecture;
    try (var binary = RedisExecProvider.class.getResourceAsStream(name)) {
      return Transferable.of(Objects.requireNonNull(binary, name).readAllBytes(), 0755);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anEventCrossesARedisInAContainer(Server server) {
    try (var container = redis("--requirepass", "secret")) {
      container.start();
      var url =
          "redis://:secret@%s:%d".formatted(container.getHost(), container.getMappedPort(PORT));
      var options = new ServerEventsOptions().setConnectionString(url);
      var id = result(server.vertx().deployVerticle(new ServerEventsVerticle(options)));
      ServerEvents events = server.events();
      var answer = events.request("container", 1, () -> events.emit("container", 1, "arrived"));
      assertThat(result(answer).get(0)).isEqualTo("arrived");
      result(server.vertx().undeploy(id));
    }
  }
}
