import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A program in a process of its own. */
record Running(Process process) implements AutoCloseable {

  /** The command that runs a class of this project. */
  static List<String> java(String... arguments) {
    var java = ProcessHandle.current().info().command().orElse("java");
    var command = new ArrayList<>(List.of(java, "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Skips a test, and prints why, where the machine lacks a program. */
  static void assumeThere(String program) {
    var there = true;
    try {
      var version = new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
      version.getInputStream().readAllBytes();
    } catch (IOException absent) {
      there = false;
      System.out.println("SKIPPED: what needs " + program + ", which is not here");
    }
    assumeTrue(there, program);
  }

  /** Starts one, and returns when it has printed that it is ready. */
  static Running start(String redisUrl, List<String> command, String ready) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("REDIS", redisUrl);
    var process = builder.start();
    var output = process.inputReader(StandardCharsets.UTF_8);
    var printed = new ArrayList<String>();
    do {
      var line = output.readLine();
      assertNotNull(line, "It ended: " + printed);
      printed.add(line);
    } while (!printed.get(printed.size() - 1).contains(ready));
    return new Running(process);
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
