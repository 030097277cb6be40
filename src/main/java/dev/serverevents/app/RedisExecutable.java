package dev.serverevents.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import redis.embedded.RedisExecProvider;

/**
 * The redis-server that comes with the library embedded-redis, for this system. The library's own
 * provider would run a file of the working directory if one has the right name.
 */
public final class RedisExecutable {

  private RedisExecutable() {}

  /**
   * Extracts it into a directory, and returns its path there.
   *
   * @throws IOException if there is none for this system, or it cannot be written there
   */
  public static Path extract(Path directory) throws IOException {
    var name = name();
    try (var resource = RedisExecProvider.class.getResourceAsStream("/" + name)) {
      if (resource == null) {
        throw new IOException("there is none for this system (%s)".formatted(name));
      }
      var file = directory.resolve("redis-server");
      Files.copy(resource, file);
      if (!file.toFile().setExecutable(true)) {
        throw new IOException("%s cannot be made executable".formatted(file));
      }
      return file;
    }
  }

  private static String name() {
    var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var processor =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "amd64";
          case "aarch64", "arm64" -> "arm64";
          default -> System.getProperty("os.arch");
        };
    return "redis-server-%s-%s-%s"
        .formatted(
            RedisExecProvider.redisVersion,
            system.startsWith("mac") ? "darwin" : system,
            processor);
  }
}
