package dev.serverevents.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/** The runnable jar, or a program of the tests' own, in a process of its own. */
public final class ServerProcess implements AutoCloseable {

  private static final Path JAR = Path.of("target", "server-events.jar");
  private static final Pattern LISTENING = Pattern.compile("listening on (https?://[^\\s\"]+)");

  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final ReentrantLock reading = new ReentrantLock();
  private final Thread reader;

  private ServerProcess(Process process) {
    this.process = process;
    var lines = process.inputReader(StandardCharsets.UTF_8);
    reader = new Thread(() -> lines.lines().forEach(this::add), "server-process-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void add(String line) {
    reading.lock();
    try {
      output.add(plain(line));
    } finally {
      reading.unlock();
    }
  }

  /** A line without the escapes that logback's JSON has for slashes. */
  private static String plain(String line) {
    return line.replace("\\/", "/");
  }

  /** Starts {@code java -jar server-events.jar} with more arguments and environment. */
  public static ServerProcess start(Map<String, String> environment, String... arguments) {
    return start(List.of(), environment, arguments);
  }

  /** Starts it in a process group of its own, as a shell does in a terminal. */
  public static ServerProcess startInGroup(Map<String, String> environment) {
    return start(List.of("setsid", "env", "--default-signal=INT,HUP"), environment);
  }

  private static ServerProcess start(
      List<String> by, Map<String, String> environment, String... arguments) {
    var command = new ArrayList<>(by);
    command.addAll(java("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    return run(command, environment);
  }

  /** Starts a program that is among the tests. */
  public static ServerProcess program(Class<?> main, Object... arguments) {
    var command = java("-cp", System.getProperty("java.class.path"), main.getName());
    List.of(arguments).forEach(argument -> command.add(argument.toString()));
    return run(command, Map.of());
  }

  private static List<String> java(String... arguments) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-XX:TieredStopAtLevel=1"); // a start costs half
    command.addAll(List.of(arguments));
    return command;
  }

  private static ServerProcess run(List<String> command, Map<String, String> environment) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("SERVER_EVENTS_"));
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new ServerProcess(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns where it listens, once it does. */
  public String url() {
    Await.until(() -> !process.isAlive() || match(LISTENING).isPresent());
    return match(LISTENING).orElseThrow(() -> new AssertionError("It ended: " + output()));
  }

  /** Does something while nobody reads what it prints, so that a pipe of 64 KiB fills. */
  public void whileNobodyReads(Runnable action) {
    reading.lock();
    try {
      action.run();
    } finally {
      reading.unlock();
    }
  }

  /** Returns when a line of its output contains a text. */
  public void awaitOutput(String text) {
    Await.until(() -> output.stream().anyMatch(line -> line.contains(text)));
  }

  /** The first group of the first match in what it printed so far. */
  public Optional<String> match(Pattern pattern) {
    return output.stream()
        .map(pattern::matcher)
        .filter(matcher -> matcher.find())
        .map(matcher -> matcher.group(1))
        .findFirst();
  }

  public String output() {
    return String.join("\n", output);
  }

  public long pid() {
    return process.pid();
  }

  /** The processes that it started, and theirs. */
  public List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  /** Sends it SIGTERM, without closing its output as {@link Process#destroy()} would. */
  public void terminate() {
    process.toHandle().destroy();
  }

  /** Sends it a signal, for example STOP. */
  public void signal(String name) {
    Programs.run(Path.of("."), "kill", "-" + name, String.valueOf(process.pid()));
  }

  /** Sends it SIGKILL. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Returns its exit code, once it has ended and all that it printed is read. */
  public int awaitEnd() {
    Await.until(() -> !process.isAlive() && !reader.isAlive());
    return process.exitValue();
  }

  @Override
  public void close() {
    terminate();
    awaitEnd();
  }
}
