package dev.serverevents.app.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code completion bash}. */
@Command(
    name = "completion",
    description = "Prints a script by which a shell completes commands and options.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(server-events completion bash)",
      "  server-events completion zsh >> ~/.zshrc",
    })
final class CompletionCommand implements Callable<Integer> {

  /** The shells that understand it; zsh does so by its bashcompinit, which the script loads. */
  private enum Shell {
    bash,
    zsh
  }

  private final Supplier<CommandLine> all;

  @SuppressWarnings("UnusedVariable") // both get the same script
  @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
  private @Nullable Shell shell;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "How the program is called. Default: server-events.")
  private String name = "server-events";

  CompletionCommand(Supplier<CommandLine> all) {
    this.all = all;
  }

  @Override
  public Integer call() {
    QuietLog.install(false);
    new Output().print(AutoComplete.bash(name, all.get()));
    return Exit.RESULT.code();
  }
}
