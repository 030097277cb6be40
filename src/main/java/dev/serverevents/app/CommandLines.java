package dev.serverevents.app;

import dev.serverevents.app.cli.Commands;
import dev.serverevents.app.conformance.ConformanceCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command line of the runnable jar: without a command it starts the server. */
final class CommandLines {

  private CommandLines() {}

  /** The command that arguments name, alone; and all commands where they name none. */
  static CommandLine of(String... args) {
    var commands = commands();
    var named = args.length == 0 ? null : commands.get(args[0]);
    var root = new CommandLine(new ServerCommand());
    if (named == null) {
      commands.forEach((name, command) -> root.addSubcommand(name, command.get()));
    } else {
      root.addSubcommand(args[0], named.get());
    }
    root.getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().versionProvider(new Version()));
    return Help.addTo(root).setExecutionStrategy(CommandLines::run);
  }

  /** Options of the server before another command would say nothing. */
  private static int run(ParseResult parsed) {
    for (var option : parsed.matchedOptions()) {
      if (parsed.hasSubcommand() && !option.usageHelp() && !option.versionHelp()) {
        var command = parsed.subcommand().commandSpec();
        throw new ParameterException(
            command.commandLine(),
            "%s must be after %s".formatted(option.longestName(), command.name()));
      }
    }
    return new RunLast().execute(parsed);
  }

  private static Map<String, Supplier<?>> commands() {
    var commands = new LinkedHashMap<String, Supplier<?>>();
    commands.put(
        ServerCommand.NAME,
        () ->
            Help.withSettings(
                new CommandLine(new ServerCommand()).setCommandName(ServerCommand.NAME)));
    commands.putAll(Commands.all(Configuration::events, CommandLines::of));
    commands.put(RehearseCommand.NAME, RehearseCommand::new);
    commands.put("conformance", () -> new ConformanceCommand(ConformanceRedis::new));
    return commands;
  }
}
