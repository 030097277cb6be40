package dev.serverevents.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The client of src/test/node, in a process of its own. */
public final class NodePeer implements AutoCloseable {

  private static final Path SOURCE = Path.of("src", "test", "node");
  private static final Path INSTALLED = Path.of("target", "node");

  private final Process process;
  private final BufferedReader output;
  private final BufferedWriter input;

  private NodePeer(Process process) {
    this.process = process;
    output = process.inputReader(StandardCharsets.UTF_8);
    input = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Installs what it needs; aborts the test with a notice where there is no node, or no npm. */
  public static void install() {
    var here = Path.of(".");
    var node = Programs.run(here, "node", "--version") && Programs.run(here, "npm", "--version");
    Programs.assume(node, "no node and npm here, so interop with Node is not tested");
    try {
      Files.createDirectories(INSTALLED);
      for (var file : List.of("package.json", "peer.js")) {
        Files.copy(
            SOURCE.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!Programs.run(
        INSTALLED, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock")) {
      throw new AssertionError("npm install failed in " + INSTALLED);
    }
  }

  /** Starts it on a Redis. */
  public static NodePeer start(String redisUrl) {
    try {
      return new NodePeer(
          new ProcessBuilder("node", "peer.js", redisUrl)
              .directory(INSTALLED.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets it emit, and returns how many subscribers Redis told it of. */
  public int emit(List<Object> key, JsonArray args) {
    say(new JsonObject().put("emit", new JsonArray(new ArrayList<>(key)).addAll(args)));
    return answer().getInteger("receivers");
  }

  /** Lets it wait, and returns when it is subscribed. */
  public void subscribe(List<Object> key) {
    say(new JsonObject().put("on", new JsonArray(key)));
    answer().getString("subscribed");
  }

  /** Returns the arguments of the event that it waits for. */
  public JsonArray args() {
    return answer().getJsonArray("args");
  }

  @Override
  public void close() {
    try {
      input.close();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(JsonObject command) {
    try {
      input.write(command.encode());
      input.newLine();
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonObject answer() {
    try {
      var line = output.readLine();
      if (line == null) {
        throw new AssertionError("The Node peer ended");
      }
      return new JsonObject(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
