package dev.serverevents.app;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code java -jar server-events.jar [serve] [-conf conf/server.json]}: starts the server. */
@Command(
    name = "server-events",
    description = "Waits for events by name and id over HTTP, and emits them, through Redis.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true)
final class ServerCommand implements Callable<Integer> {

  /** What it returns when the server runs, so that the process goes on. */
  static final int RUNNING = -1;

  @Option(
      names = {"-conf", "--conf"},
      paramLabel = "FILE",
      description = "A JSON file with settings. Variables of the environment come before it.")
  private @Nullable Path conf;

  /**
   * Returns {@link #RUNNING} when the server serves, or the code of the failure, which it has
   * logged.
   */
  @Override
  public Integer call() {
    try {
      var file = conf == null ? new JsonObject() : ConfFile.read(conf);
      var configuration = Configuration.of(file, System.getenv());
      if (!configuration.ofServices().isEmpty()) {
        log()
            .info(
                "passed over what Kubernetes sets for Services: {}",
                String.join(", ", configuration.ofServices()));
      }
      RunningServer.start(configuration);
      return RUNNING;
    } catch (RuntimeException cause) {
      var exitCode = FailedStartException.exitCode(cause);
      if (exitCode == ExitCode.UNEXPECTED) {
        log().error("Cannot start", cause);
      } else {
        log().error("Cannot start: {}", cause.getMessage());
      }
      return exitCode.code();
    }
  }

  /** Not made before it is needed, so that what only prints its help is quick. */
  private static Logger log() {
    return LoggerFactory.getLogger(ServerCommand.class);
  }
}
