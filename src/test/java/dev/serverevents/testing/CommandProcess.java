package dev.serverevents.testing;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command of the runnable jar in a process of its own, with its two outputs apart. */
public final class CommandProcess {

  private static final Path JAR = Path.of("target", "server-events.jar");
  private static final int PATIENCE_S = 60;

  private final Process process;
  private final Gathered output;
  private final Gathered errors;

  private CommandProcess(Process process) {
    this.process = process;
    output = new Gathered(process.inputReader(StandardCharsets.UTF_8));
    errors = new Gathered(process.errorReader(StandardCharsets.UTF_8));
  }

  /**
   * How a shell would begin a command: {@code java -jar server-events.jar}, with what makes a start
   * quick.
   */
  public static List<String> java() {
    return java("-XX:SharedArchiveFile=" + Archive.FILE, "-Xlog:disable");
  }

  private static List<String> java(String... options) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", JAR.toString()));
    return command;
  }

  /** The classes of a wait, which the JVM then need not read and check each time. */
  private static final class Archive {
    static final Path FILE = make();

    private static Path make() {
      try {
        var directory = Files.createTempDirectory("archive");
        var file = directory.resolve("commands.jsa");
        directory.toFile().deleteOnExit();
        file.toFile().deleteOnExit(); // before its directory: the last one named is the first
        var command = java("-XX:ArchiveClassesAtExit=" + file, "-Xlog:disable");
        command.addAll(
            List.of("wait", "archive", "1", "--timeout", "1", "--redis", TestRedis.shared().url()));
        run(Map.of(), command).code();
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Starts a command with its arguments. */
  public static CommandProcess start(Map<String, String> environment, String... arguments) {
    var command = new ArrayList<>(java());
    command.addAll(List.of(arguments));
    return run(environment, command);
  }

  /** Starts one that is not alone: a shell, for example. */
  public static CommandProcess run(Map<String, String> environment, List<String> command) {
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SERVER_EVENTS_"));
    builder.environment().keySet().removeAll(List.of("NO_COLOR", "JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new CommandProcess(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes all of its standard input. */
  public CommandProcess type(String text) {
    try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
      input.write(text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns when its standard error has a text. */
  public CommandProcess awaitError(String text) {
    Await.until(() -> errors.text().contains(text) || !process.isAlive());
    return this;
  }

  /** Returns when its standard output has a text. */
  public CommandProcess awaitOutput(String text) {
    Await.until(() -> output.text().contains(text) || !process.isAlive());
    return this;
  }

  public long pid() {
    return process.pid();
  }

  /** The code with which it ended. */
  public int code() {
    try {
      if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
        throw new AssertionError("It does not end: " + output.text() + errors.text());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    output.join();
    errors.join();
    return process.exitValue();
  }

  /** What it printed on standard output so far. */
  public String output() {
    return output.text();
  }

  /** What it printed on standard error so far. */
  public String errors() {
    return errors.text();
  }

  /** What a reader has read so far. */
  private static final class Gathered {
    private final StringBuilder read = new StringBuilder();
    private final Thread thread;

    Gathered(Reader reader) {
      thread = new Thread(() -> gather(reader), "command-output");
      thread.setDaemon(true);
      thread.start();
    }

    private void gather(Reader reader) {
      var buffer = new char[8192];
      try {
        for (var count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
          add(buffer, count);
        }
      } catch (IOException ended) {
        // that was all
      }
    }

    private synchronized void add(char[] buffer, int count) {
      read.append(buffer, 0, count);
    }

    void join() {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    synchronized String text() {
      return read.toString();
    }
  }
}
