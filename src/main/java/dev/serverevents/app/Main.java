package dev.serverevents.app;

import picocli.CommandLine;

/** The main class of the runnable server: see {@link ServerCommand}. */
public final class Main {

  private Main() {}

  /** Runs the command line; the process goes on for as long as the server that it started runs. */
  public static void main(String[] args) {
    LogSettings.apply(System.getenv());
    var exitCode = Help.addTo(new CommandLine(new ServerCommand())).execute(args);
    if (exitCode != ExitCode.OK.code()) {
      System.exit(exitCode);
    }
  }
}
