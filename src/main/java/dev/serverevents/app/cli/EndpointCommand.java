package dev.serverevents.app.cli;

import dev.serverevents.app.cli.Output.UnreadException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A command that does something on Redis or at a server. */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExamples:%n",
    exitCodeListHeading = "%nExit codes:%n")
abstract class EndpointCommand implements Callable<Integer> {

  @Mixin private final Where where;
  @Mixin private final Output output = new Output();

  EndpointCommand(Where where) {
    this.where = where;
  }

  /** Does it, and says how it has ended. */
  abstract Exit run(Endpoint endpoint, Output output) throws Exception;

  /** Whether anything is waited for. */
  boolean listens() {
    return true;
  }

  /** Does it, and returns the code with which the process ends. */
  @Override
  public final Integer call() {
    QuietLog.install(where.isVerbose());
    try {
      return run(where.open(listens()), output).code();
    } catch (UnreadException unread) {
      return Exit.UNREAD.code();
    } catch (Exception failure) {
      output.failure(failure);
      var exit = Exit.of(failure);
      if (exit == Exit.UNEXPECTED && where.isVerbose()) {
        failure.printStackTrace();
      }
      return exit.code();
    }
  }
}
