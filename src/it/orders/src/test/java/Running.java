import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** The folder of the clients, above the one that this project was copied to for its test. */
  private static Path clients() {
    var above = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(above.resolve("src/clients"))) {
      above = above.getParent();
    }
    return above.resolve("src/clients");
  }

  /** Installs what the worker in JavaScript needs. */
  static void installNodeClient() throws IOException {
    if (Files.isDirectory(Path.of("workers/node_modules"))) {
      return;
    }
    var client = clients().resolve("node").toString();
    var npm = new ProcessBuilder("npm", "install", "--no-save", "--no-audit", "--no-fund", client);
    npm.directory(Path.of("workers").toFile()).redirectErrorStream(true);
    var process = npm.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.onExit().join().exitValue(), output);
  }

  /** Starts one, and returns when it has printed that it is ready. */
  static Running start(String redisUrl, List<String> command, String ready) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("REDIS", redisUrl);
    builder.environment().put("PYTHONPATH", clients().resolve("python").toString());
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
