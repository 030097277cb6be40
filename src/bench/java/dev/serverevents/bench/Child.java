package dev.serverevents.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A process of the benchmark. All JVMs have the same heap and collector. */
final class Child implements AutoCloseable {

  static final List<String> JVM_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseParallelGC");

  final String name;
  private final Process process;
  private final BufferedReader output;
  private final BufferedWriter input;

  private Child(String name, List<String> command) throws IOException {
    this.name = name;
    var log = ProcessBuilder.Redirect.appendTo(new java.io.File("target/bench.log"));
    process = new ProcessBuilder(command).redirectError(log).start();
    output = process.inputReader(StandardCharsets.UTF_8);
    input = process.outputWriter(StandardCharsets.UTF_8);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** Starts a server of another project. */
  static Child server(String name, String... command) throws IOException {
    return new Child(name, List.of(command));
  }

  /** Starts a main class of the benchmark in a JVM, and returns when it is ready. */
  static Child jvm(String name, Class<?> main, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(JVM_OPTIONS);
    command.add("-Dbench.loops=" + Contender.LOOPS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return ready(name, command.toArray(new String[0]));
  }

  /** Starts a program, and returns when it has printed that it is ready. */
  static Child ready(String name, String... command) throws IOException {
    var child = new Child(name, List.of(command));
    while (!child.read().equals("ready")) {
      // what a library prints at its start
    }
    return child;
  }

  /** Runs a program to its end. */
  static void run(String... command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command));
    }
  }

  /** Asks for something, and returns the answer. */
  String ask(String question) throws IOException {
    input.write(question);
    input.newLine();
    input.flush();
    var answer = read();
    while (!answer.startsWith("{")) {
      answer = read();
    }
    return answer;
  }

  /** How long it has used a CPU. */
  Duration cpu() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private String read() throws IOException {
    var line = output.readLine();
    if (line == null) {
      throw new IOException(name + " ended; see target/bench.log");
    }
    return line;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
