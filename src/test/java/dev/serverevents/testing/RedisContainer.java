package dev.serverevents.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import redis.embedded.RedisExecProvider;

/**
 * A redis-server in a container on the host's network, where those of a cluster find each other
 * just as we do. The image is the one that a property names, or is made without a registry: of
 * Debian's redis-server and its libraries where they are installed, or else of the embedded one,
 * which has no TLS.
 */
public final class RedisContainer implements RedisRun {

  private static final Path OF_DEBIAN = Path.of("/usr/bin/redis-check-rdb"); // it is both
  private static final int READABLE = 0666;
  private static final int EXECUTABLE = 0755;

  private final GenericContainer<?> container;

  RedisContainer(Map<String, String> files, List<String> arguments, String ready) {
    container =
        (isNamed() ? new GenericContainer<>(named()) : new GenericContainer<>(Built.IMAGE))
            .withNetworkMode("host")
            .withCommand(arguments.toArray(String[]::new))
            .waitingFor(Wait.forLogMessage(".*" + ready + ".*", 1));
    files.forEach(
        (name, text) ->
            container.withCopyToContainer(Transferable.of(text, READABLE), "/data/" + name));
    container.start();
  }

  /** Whether a Docker engine answers whose containers can be on this machine's network. */
  public static boolean isPossible() {
    return DockerClientFactory.instance().isDockerAvailable()
        && System.getProperty("os.name").equals("Linux");
  }

  /** Whether they speak TLS. */
  public static boolean hasTls() {
    return isNamed() || Files.exists(OF_DEBIAN);
  }

  static boolean isNamed() {
    return !named().isEmpty();
  }

  private static String named() {
    return System.getProperty("redis.image", "");
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }

  @Override
  public boolean isAlive() {
    try {
      var state = docker().inspectContainerCmd(container.getContainerId()).exec().getState();
      return Boolean.TRUE.equals(state.getRunning());
    } catch (NotFoundException gone) {
      return false;
    }
  }

  @Override
  public void kill() {
    signal("KILL");
    Await.until(() -> !isAlive());
  }

  @Override
  public void restart() {
    docker().startContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void signal(String name) {
    docker().killContainerCmd(container.getContainerId()).withSignal("SIG" + name).exec();
  }

  @Override
  public void close() {
    container.stop();
  }

  /** The image that is made here, once. */
  private static final class Built {

    static final ImageFromDockerfile IMAGE = image();

    private static ImageFromDockerfile image() {
      var image = new ImageFromDockerfile("server-events-test-redis:latest", true);
      if (Files.exists(OF_DEBIAN)) {
        image = image.withFileFromPath("root/redis-server", OF_DEBIAN);
        for (var library : libraries()) {
          image = image.withFileFromPath("root" + library, library);
        }
      } else {
        image = image.withFileFromTransferable("root/redis-server", embedded());
      }
      return image.withFileFromString(
          "Dockerfile",
          """
              FROM scratch
              COPY root /
              WORKDIR /data
              ENTRYPOINT ["/redis-server"]
              """);
    }

    private static List<Path> libraries() {
      try {
        var ldd = new ProcessBuilder("ldd", OF_DEBIAN.toString()).start();
        var lines = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return lines
            .lines()
            .flatMap(line -> Stream.of(line.strip().split(" ")))
            .filter(word -> word.startsWith("/"))
            .map(Path::of)
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Transferable embedded() {
      var info = DockerClientFactory.instance().client().infoCmd().exec();
      var architecture = "aarch64".equals(info.getArchitecture()) ? "arm64" : "amd64";
      var name = "/redis-server-7.0.15-linux-" + architecture;
      try (var binary = RedisExecProvider.class.getResourceAsStream(name)) {
        return Transferable.of(Objects.requireNonNull(binary, name).readAllBytes(), EXECUTABLE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
