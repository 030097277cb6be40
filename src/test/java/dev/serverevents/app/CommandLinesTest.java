package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class CommandLinesTest {

  private static Stream<CommandLine> commands() {
    return CommandLines.of().getSubcommands().values().stream();
  }

  private static String help(CommandLine command) {
    return command.getUsageMessage(Ansi.OFF);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itsHelpBeginsWithHowItIsCalled(CommandLine command) {
    assertThat(help(command)).startsWith("Usage: server-events " + command.getCommandName() + " ");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itsHelpIsInWholeLines(CommandLine command) {
    var usage = command.getCommandSpec().usageMessage();
    assertThat(usage.description()).hasSize(1);
    assertThat(help(command).lines()).allMatch(line -> line.length() <= 80);
  }
}
