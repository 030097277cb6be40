package dev.serverevents.app.cli;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.TextFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a server or a Redis. */
final class Place {

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A server, for example http://localhost:8080; otherwise it is a Redis.")
  private @Nullable String url;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The API key for the server; others on this machine can see it here.")
  private @Nullable String key;

  @Option(names = "--key-file", paramLabel = "FILE", description = "A file that has the API key.")
  private @Nullable Path keyFile;

  @Option(
      names = "--redis",
      paramLabel = "URL",
      description = "A Redis, for example redis://localhost:6379, which is the default.")
  private @Nullable String redis;

  @Option(
      names = {"-conf", "--conf"},
      paramLabel = "FILE",
      description = "The server's file with settings; variables of the environment come before it.")
  private @Nullable Path conf;

  /** Whether none of them is there. */
  boolean isEmpty() {
    return url == null && key == null && keyFile == null && redis == null && conf == null;
  }

  /** What they say; throws {@link InvalidInputException} if it does not go together. */
  Context given() {
    if (url != null && (redis != null || conf != null)) {
      throw new InvalidInputException("--url", url, "must not be with --redis or -conf");
    }
    if (url == null && (key != null || keyFile != null)) {
      throw new InvalidInputException("--key", "(not shown)", "must be with --url");
    }
    if (key != null && keyFile != null) {
      throw new InvalidInputException("--key", "(not shown)", "must not be with --key-file");
    }
    return new Context(
        url == null ? null : HttpEndpoint.checked(url),
        key(),
        redis,
        conf == null ? null : conf.toAbsolutePath().toString());
  }

  private @Nullable String key() {
    return keyFile == null ? key : TextFile.read("--key-file", keyFile).strip();
  }
}
