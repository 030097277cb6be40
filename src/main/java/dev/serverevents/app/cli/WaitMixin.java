package dev.serverevents.app.cli;

import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of all that waits. */
final class WaitMixin {

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "How long, for example 500ms, 10s or 5m; else the setting timeout says it.")
  private @Nullable Long timeout;

  @Option(names = "--retained", description = "Takes an event that was kept, too.")
  private boolean retained;

  @Option(names = "--require-worker", description = "Ends at once if no worker serves the name.")
  private boolean requireWorker;

  WaitOptions forWait() {
    var options = WaitOptions.DEFAULT.retained(retained).requireWorker(requireWorker);
    return timeout == null ? options : options.timeout(timeout);
  }

  StreamOptions forStream() {
    var options = StreamOptions.DEFAULT.retained(retained).requireWorker(requireWorker);
    return timeout == null ? options : options.timeout(timeout);
  }
}
