package dev.serverevents.app;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

  /** Its name on the command line. */
  static final String NAME = "serve";

  private static final String CONF = "-conf";
  private static final String LONG_CONF = "--conf";

  @Option(
      names = {CONF, LONG_CONF},
      paramLabel = "FILE",
      description = "A JSON file with settings. Variables of the environment come before it.")
  private @Nullable Path conf;

  /**
   * The command of arguments in which there is no more than a file of settings. Whoever has only
   * these need not load the parser of the command line, which takes a third of a start.
   */
  static Optional<ServerCommand> ifPlain(String... args) {
    var all = List.of(args);
    var options = all.isEmpty() || !all.get(0).equals(NAME) ? all : all.subList(1, all.size());
    var command = new ServerCommand();
    if (options.size() == 2 && List.of(CONF, LONG_CONF).contains(options.get(0))) {
      var file = options.get(1);
      if (file.isEmpty() || file.startsWith("-") || file.startsWith("@")) {
        return Optional.empty(); // these mean something to the parser
      }
      command.conf = Path.of(file);
    } else if (!options.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(command);
  }

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
