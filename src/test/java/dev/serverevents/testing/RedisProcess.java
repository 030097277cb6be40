package dev.serverevents.testing;

import dev.serverevents.app.RedisExecutable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A redis-server as a process: the embedded one, or the one that a property names. */
final class RedisProcess implements RedisRun {

  /**
   * The embedded one, which is written once and before any process is started: one that is started
   * meanwhile would have the file open, and the system does not run what is open to be written.
   */
  private static final class Embedded {

    private static final Path EXECUTABLE = extract();

    private static Path extract() {
      try {
        var directory = Files.createTempDirectory("test-redis-server");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        return RedisExecutable.extract(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Path directory;
  private final List<String> command = new ArrayList<>();
  private Process process;

  RedisProcess(Map<String, String> files, List<String> arguments, String ready) {
    this(List.of(), files, arguments, ready);
  }

  /** Starts one by a command that runs another, for example in a network of its own. */
  RedisProcess(
      List<String> prefix, Map<String, String> files, List<String> arguments, String ready) {
    try {
      directory = Files.createTempDirectory("test-redis");
      for (var file : files.entrySet()) {
        Files.writeString(directory.resolve(file.getKey()), file.getValue());
      }
      var named = System.getProperty("redis.server", "");
      command.addAll(prefix);
      command.add(named.isEmpty() ? Embedded.EXECUTABLE.toString() : named);
      command.addAll(arguments);
      process = spawn();
      Runtime.getRuntime().addShutdownHook(new Thread(this::close));
      Await.until(() -> hasSaid(ready));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its working directory, where its data is. */
  Path directory() {
    return directory;
  }

  private Path log() {
    return directory.resolve("redis.log");
  }

  private Process spawn() throws IOException {
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private boolean hasSaid(String text) throws IOException {
    var all = Files.readString(log(), StandardCharsets.UTF_8);
    if (!process.isAlive()) {
      throw new IOException("redis-server ended: " + all);
    }
    return all.contains(text);
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void restart() {
    try {
      process = spawn();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it, and removes its files. */
  @Override
  public void close() {
    kill();
    delete(directory);
  }

  private static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException gone) {
      // it was closed before, or a file of Redis went by itself
    }
  }
}
