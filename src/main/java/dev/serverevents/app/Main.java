package dev.serverevents.app;

import dev.serverevents.app.conformance.ConformanceCommand;
import picocli.CommandLine;

/** The main class of the runnable server: see {@link ServerCommand}. */
public final class Main {

  private Main() {}

  /** Runs the command line; the process goes on for as long as the server that it started runs. */
  public static void main(String[] args) {
    LogSettings.apply(System.getenv());
    var command =
        new CommandLine(new ServerCommand())
            .addSubcommand(new ConformanceCommand(ConformanceRedis::new));
    var exitCode = Help.addTo(command).execute(args);
    if (exitCode != ExitCode.OK.code()) {
      LogSettings.end();
      System.exit(exitCode);
    }
  }
}
