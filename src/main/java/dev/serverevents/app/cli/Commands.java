package dev.serverevents.app.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** All commands by their names. Each is made when it is needed, for a start should be quick. */
public final class Commands {

  private Commands() {}

  /**
   * Returns what makes them, in the order in which they are shown.
   *
   * @param settings reads the settings as the server does
   * @param everything the command line with all that it has
   */
  public static Map<String, Supplier<Object>> all(
      SettingsSource settings, Supplier<CommandLine> everything) {
    var commands = new LinkedHashMap<String, Supplier<Object>>();
    Supplier<Where> where = () -> new Where(settings, System.getenv());
    commands.put("wait", () -> of(new WaitCommand(where.get())));
    commands.put("emit", () -> of(new EmitCommand(where.get())));
    commands.put("fail", () -> of(new FailCommand(where.get())));
    commands.put("progress", () -> of(new ProgressCommand(where.get())));
    commands.put("stream", () -> of(new StreamCommand(where.get())));
    commands.put("request", () -> of(new RequestCommand(where.get())));
    commands.put("work", () -> of(new WorkCommand(where.get())));
    commands.put("servers", () -> of(new ServersCommand(where.get())));
    commands.put("explain", () -> of(new ExplainCommand(where.get())));
    commands.put("bench", () -> of(new BenchCommand(where.get())));
    commands.put("context", () -> ContextCommand.of(System.getenv()));
    commands.put("completion", () -> new CompletionCommand(everything));
    return commands;
  }

  private static CommandLine of(EndpointCommand command) {
    var line = new CommandLine(command);
    line.getCommandSpec().usageMessage().exitCodeList(Exit.meanings());
    return line;
  }
}
