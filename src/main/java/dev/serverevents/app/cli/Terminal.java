package dev.serverevents.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Which of the standard streams a person sees. */
final class Terminal {

  private static final String DUMB = "dumb";

  private static final Pattern DEVICE = Pattern.compile("/dev/(pts/\\d+|tty.*|console)");

  private final Map<String, String> environment;

  Terminal(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Whether standard output is a terminal. */
  boolean showsOutput() {
    return isTerminal(1);
  }

  /** Whether standard error is a terminal, which can draw over what it shows. */
  boolean showsProgress() {
    return isTerminal(2) && !isDumb();
  }

  /** Text in a colour, or in bold, where standard error shows colours. */
  String onError(String code, String text) {
    return hasColours() && isTerminal(2) ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** The same for standard output. */
  String onOutput(String code, String text) {
    return hasColours() && isTerminal(1) ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** As no-color.org has it. */
  private boolean hasColours() {
    return environment.getOrDefault("NO_COLOR", "").isEmpty() && !isDumb();
  }

  private boolean isDumb() {
    return environment.getOrDefault("TERM", DUMB).equals(DUMB);
  }

  /** The JVM tells it of standard input and output together only; Linux tells it of each. */
  private static boolean isTerminal(int descriptor) {
    try {
      var file = Files.readSymbolicLink(Path.of("/proc/self/fd", String.valueOf(descriptor)));
      return DEVICE.matcher(file.toString()).matches();
    } catch (IOException | UnsupportedOperationException notLinux) {
      return isTerminalToShell(descriptor);
    }
  }

  private static boolean isTerminalToShell(int descriptor) {
    try {
      var test = new ProcessBuilder("/bin/sh", "-c", "test -t " + descriptor).inheritIO().start();
      return test.waitFor() == 0;
    } catch (IOException withoutShell) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
