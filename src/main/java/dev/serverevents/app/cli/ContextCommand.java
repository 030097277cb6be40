package dev.serverevents.app.cli;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code context list}, {@code set}, {@code use} and {@code remove}: gives names to places. */
@Command(
    name = "context",
    description = "Gives names to places, which are kept in contexts.json for the owner alone.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  server-events context set prod --url https://events.example.com --key-file key.txt",
      "  server-events context set local --redis redis://localhost:6379",
      "  server-events context use prod",
      "  server-events wait orders.priced 7 --context local",
    })
final class ContextCommand {

  private ContextCommand() {}

  /** The command with those below it. */
  static CommandLine of(Map<String, String> environment) {
    var file = Contexts.path(environment);
    return new CommandLine(new ContextCommand())
        .addSubcommand(new ListOf(file))
        .addSubcommand(new Set(file))
        .addSubcommand(new Use(file))
        .addSubcommand(new Remove(file));
  }

  /** What it does with the contexts. */
  @Command(mixinStandardHelpOptions = true, usageHelpAutoWidth = true, sortOptions = false)
  private abstract static class Change implements Callable<Integer> {
    private final Path file;

    @Mixin private final Output output = new Output();

    Change(Path file) {
      this.file = file;
    }

    /** Does it, and returns what to write, if it has changed. */
    abstract Contexts run(Contexts contexts, Output output);

    @Override
    public Integer call() {
      QuietLog.install(false);
      try {
        var contexts = Contexts.read(file);
        var changed = run(contexts, output);
        if (!changed.equals(contexts)) {
          changed.save();
        }
        return Exit.RESULT.code();
      } catch (RuntimeException failure) {
        output.failure(failure);
        return Exit.of(failure).code();
      }
    }
  }

  @Command(name = "list", description = "Prints all, the current one with a star.")
  private static final class ListOf extends Change {
    ListOf(Path file) {
      super(file);
    }

    @Override
    Contexts run(Contexts contexts, Output output) {
      var all = new TreeMap<>(contexts.byName());
      var json = new JsonArray();
      all.forEach(
          (name, context) ->
              json.add(
                  new JsonObject()
                      .put("name", name)
                      .put("current", name.equals(contexts.current()))
                      .mergeIn(context.shown())));
      if (!all.isEmpty() || output.format() != Format.TEXT) {
        output.value(
            json,
            all.entrySet().stream()
                .map(
                    entry ->
                        (entry.getKey().equals(contexts.current()) ? "* " : "  ")
                            + entry.getKey()
                            + "\t"
                            + entry.getValue().text())
                .collect(Collectors.joining("\n")));
      }
      return contexts;
    }
  }

  @Command(name = "set", description = "Gives a place a name, or a name another place.")
  private static final class Set extends Change {
    @Parameters(paramLabel = "NAME", description = "The name.")
    private String name = "";

    @Mixin private final Place place = new Place();

    Set(Path file) {
      super(file);
    }

    @Override
    Contexts run(Contexts contexts, Output output) {
      Fields.string("NAME", name);
      var given = place.given();
      if (given.url() == null && given.redis() == null && given.conf() == null) {
        throw new InvalidInputException(
            "context", name, "must be given a --url, a --redis or a -conf");
      }
      return contexts.with(name, given);
    }
  }

  @Command(name = "use", description = "Makes one the current one.")
  private static final class Use extends Change {
    @Parameters(paramLabel = "NAME", description = "The name.")
    private String name = "";

    Use(Path file) {
      super(file);
    }

    @Override
    Contexts run(Contexts contexts, Output output) {
      return contexts.use(name);
    }
  }

  @Command(name = "remove", description = "Forgets one.")
  private static final class Remove extends Change {
    @Parameters(paramLabel = "NAME", description = "The name.")
    private String name = "";

    Remove(Path file) {
      super(file);
    }

    @Override
    Contexts run(Contexts contexts, Output output) {
      return contexts.without(name);
    }
  }
}
