package dev.serverevents.app;

import dev.serverevents.internal.settings.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What {@code --help} tells besides the options: the settings, and the exit codes. */
final class Help {

  private static final String INDENT = "      ";
  private static final int WIDTH = 72;

  private Help() {}

  /** Has a command and those below it say of a wrong command line no more than what is wrong. */
  static CommandLine addTo(CommandLine command) {
    return command.setParameterExceptionHandler(
        (wrong, arguments) -> {
          var output = wrong.getCommandLine().getErr();
          var name = wrong.getCommandLine().getCommandSpec().qualifiedName(" ");
          output.println(wrong.getMessage());
          output.println("Try java -jar server-events.jar" + parameters(name) + " --help");
          return ExitCode.USAGE.code();
        });
  }

  /** What follows the name of the program in the name of a command. */
  private static String parameters(String qualifiedName) {
    var space = qualifiedName.indexOf(' ');
    return space < 0 ? "" : qualifiedName.substring(space);
  }

  /** Adds them to the command that has them; they are not looked at before they are shown. */
  static CommandLine withSettings(CommandLine command) {
    var usage = command.getCommandSpec().usageMessage();
    usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(exitCodes());
    usage
        .sectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_FOOTER,
            help ->
                "%nSettings: where they stand in the file, and their variables%n".formatted()
                    + ServerSettings.ALL.all().stream()
                        .flatMap(Help::lines)
                        .map(line -> line + System.lineSeparator())
                        .collect(Collectors.joining()));
    return command;
  }

  private static Map<String, String> exitCodes() {
    var codes = new LinkedHashMap<String, String>();
    for (var code : ExitCode.values()) {
      codes.put(String.valueOf(code.code()), code.meaning());
    }
    return codes;
  }

  private static Stream<String> lines(Setting<?> setting) {
    var path = setting.isInJson() ? setting.path() : "";
    var variable = setting.variable() == null ? "" : setting.variable();
    var byDefault = setting.shownDefault();
    var values = setting.type().values() + (byDefault.isEmpty() ? "" : "; default: " + byDefault);
    return Stream.concat(
        Stream.of("  %-24s %s".formatted(path, variable)),
        Stream.of(setting.says(), values).flatMap(text -> wrap(withoutMarks(text))));
  }

  private static String withoutMarks(String text) {
    return text.replace("`", "");
  }

  private static Stream<String> wrap(String text) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (var word : text.split(" ", -1)) {
      if (line.length() + word.length() >= WIDTH) {
        lines.add(INDENT + line);
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(INDENT + line);
    return lines.stream();
  }
}
