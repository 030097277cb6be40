package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.docs.Pages.Page;
import dev.serverevents.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** Compiles the programs of a page, and runs commands of it. */
final class PageProgram implements AutoCloseable {

  private static final Pattern PROGRAM = Pattern.compile("(?m)^public class (\\w+)");

  private final Process process;
  private final List<String> output = new ArrayList<>();

  private PageProgram(Process process) {
    this.process = process;
    var lines = process.inputReader(StandardCharsets.UTF_8);
    var reader = new Thread(() -> lines.lines().forEach(this::add), "page-program-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** The class path of the tests, for those who have the library and all that it can use. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** Tells whether a block is a whole program. */
  static boolean isProgram(String code) {
    return PROGRAM.matcher(code).find();
  }

  /** Compiles the programs of a page, after a change to their text, into a directory. */
  static void compile(Page page, UnaryOperator<String> change, Path directory) {
    var arguments =
        new ArrayList<>(
            List.of("-d", directory.toString(), "-cp", classPath(), "-proc:none", "-Xlint:all"));
    arguments.addAll(List.of("-Xlint:-path", "-Xlint:-classfile", "-Werror"));
    for (var block : page.blocks("java")) {
      var name = PROGRAM.matcher(block.code());
      if (name.find()) {
        var source = directory.resolve(name.group(1) + ".java");
        write(source, change.apply(block.code()));
        arguments.add(source.toString());
      }
    }
    var messages = new ByteArrayOutputStream();
    var compiler = ToolProvider.getSystemJavaCompiler();
    var result = compiler.run(null, messages, messages, arguments.toArray(new String[0]));
    assertThat(result).as("%s: %s", page, messages).isZero();
  }

  /** Loads one that was compiled into a directory, which stays in use as long as its class. */
  static Class<?> load(Path directory, String name) throws ClassNotFoundException {
    try {
      var urls = new URL[] {directory.toUri().toURL()};
      return new URLClassLoader(urls, PageProgram.class.getClassLoader()).loadClass(name);
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a shell command that goes on until it is closed. */
  static PageProgram start(String command, Map<String, String> environment) {
    var java = ProcessHandle.current().info().command().orElse("java");
    try {
      var builder =
          new ProcessBuilder("sh", "-c", "exec " + command.replaceFirst("^java ", java + " "))
              .redirectErrorStream(true);
      builder.environment().putAll(environment);
      return new PageProgram(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void add(String line) {
    output.add(line);
  }

  /** What it printed so far. */
  synchronized String output() {
    return String.join("\n", output);
  }

  /** Returns when it has printed a text. */
  PageProgram awaitOutput(String text) {
    Await.until(() -> output().contains(text) || !process.isAlive());
    assertThat(output()).contains(text);
    return this;
  }

  /** Returns when it answers HTTP at a port. */
  PageProgram awaitHttp(int port) {
    Await.until(() -> !process.isAlive() || !run("curl -s -i localhost:" + port).isEmpty());
    assertThat(process.isAlive()).as(output()).isTrue();
    return this;
  }

  /** Ends it as Ctrl-C does, or nearly. */
  @Override
  public void close() {
    process.destroy();
    Await.until(() -> !process.isAlive());
  }

  /** Runs shell commands to their end, and returns what they print. */
  static String run(String commands) {
    try {
      var started = new ProcessBuilder("sh", "-c", commands).redirectErrorStream(true).start();
      return new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a page's commands, which must print what the page says that they do. */
  static void check(Pages.Block block, UnaryOperator<String> change) {
    var printed = run(change.apply(block.code())).replace("\r", "").strip();
    assertThat(withoutChance(printed))
        .as(block.code())
        .isEqualTo(withoutChance(block.output().strip()));
  }

  /** Hashes and times are others in each run. */
  private static String withoutChance(String output) {
    return output
        .replaceAll("result-[\\w-]+", "result-RESULT")
        .replaceAll("\"timeline\":\\{[^}]*}", "\"timeline\":{}")
        .replaceAll("\"at\":\\d+", "\"at\":0")
        .replaceAll("after [\\d,]+ ms", "after 0 ms")
        .replaceAll("\"server\":\"[^\"]*\"", "\"server\":\"SERVER\"");
  }
}
