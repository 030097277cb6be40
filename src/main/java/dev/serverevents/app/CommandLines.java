package dev.serverevents.app;

import dev.serverevents.app.cli.Commands;
import dev.serverevents.app.conformance.ConformanceCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

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
    return Help.addTo(root);
  }

  private static Map<String, Supplier<?>> commands() {
    var commands = new LinkedHashMap<String, Supplier<?>>();
    commands.put("serve", () -> Help.withSettings(new CommandLine(new ServerCommand())));
    commands.putAll(Commands.all(Configuration::events, CommandLines::of));
    commands.put("conformance", () -> new ConformanceCommand(ConformanceRedis::new));
    return commands;
  }
}
