package dev.serverevents.app;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Which version this is, as the manifest of its jar says. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    var version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "server-events " + Objects.requireNonNullElse(version, "(not from its jar)"),
      "Vert.x " + vertx(),
      "Java " + System.getProperty("java.version")
    };
  }

  /** In the runnable jar the manifest is ours, so Vert.x says it in a file of its own. */
  private static String vertx() {
    try (var file = Vertx.class.getResourceAsStream("/META-INF/vertx/vertx-version.txt")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
