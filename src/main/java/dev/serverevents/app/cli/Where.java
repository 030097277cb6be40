package dev.serverevents.app.cli;

import dev.serverevents.InvalidInputException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a command does what it does, by its options, the environment and the contexts. */
final class Where {

  private static final String REDIS = "SERVER_EVENTS_REDIS";

  private final SettingsSource settings;
  private final Map<String, String> environment;

  @Mixin private final Place place = new Place();

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "A place that was given a name with the command context.")
  private @Nullable String context;

  @Option(names = "--verbose", description = "Shows the log on standard error.")
  private boolean verbose;

  Where(SettingsSource settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  /** Whether the log is shown. */
  boolean isVerbose() {
    return verbose;
  }

  /**
   * Connects. What the command line says comes first, then what the environment says, and the
   * current context last.
   *
   * @param listens whether anything is waited for; on Redis, that takes a second connection
   */
  Endpoint open(boolean listens) {
    var at = place();
    if (at.url() != null) {
      return HttpEndpoint.at(vertx(), at.url(), at.key());
    }
    var variables = new HashMap<>(environment);
    if (at.redis() != null) {
      variables.put(REDIS, at.redis());
    }
    var file = at.conf() == null ? null : Path.of(at.conf());
    var options = settings.read(file, variables);
    return RedisEndpoint.connect(vertx(), listens ? options : options.setListen(false));
  }

  private Context place() {
    if (context != null && !place.isEmpty()) {
      throw new InvalidInputException(
          "--context", context, "must not be with --url, --key, --redis or -conf");
    }
    if (context != null) {
      return contexts().get(context);
    }
    var isElsewhere = environment.keySet().stream().anyMatch(name -> name.startsWith(REDIS));
    if (!place.isEmpty() || isElsewhere) {
      return place.given();
    }
    var contexts = contexts();
    return contexts.current() == null ? place.given() : contexts.get(contexts.current());
  }

  private Contexts contexts() {
    return Contexts.read(Contexts.path(environment));
  }

  /** One event loop, and nothing that a command has no use for. */
  private static Vertx vertx() {
    System.setProperty("vertx.disableDnsResolver", "true"); // the JVM's starts sooner
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(2)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false)));
  }
}
