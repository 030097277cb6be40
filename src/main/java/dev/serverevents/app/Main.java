package dev.serverevents.app;

/** The main class of the runnable jar: starts the server, or what {@link CommandLines} has. */
public final class Main {

  private Main() {}

  /** Runs a command; the process goes on for as long as a server that it started runs. */
  public static void main(String[] args) {
    var exitCode =
        ServerCommand.ifPlain(args)
            .map(ServerCommand::call)
            .orElseGet(() -> CommandLines.of(args).execute(args));
    if (exitCode != ServerCommand.RUNNING) {
      LogSettings.end();
      System.exit(exitCode);
    }
  }
}
