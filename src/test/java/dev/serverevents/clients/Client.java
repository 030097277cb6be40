package dev.serverevents.clients;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Programs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A client of src/clients, with the library of Redis that it uses. */
enum Client {
  NODE_REDIS("node", "redis"),
  NODE_REDIS_4("node", "redis4"),
  IOREDIS("node", "ioredis"),
  PYTHON("python3", ""),
  REDIS_PY("python3", "redis-py");

  private static final Path SOURCES = Path.of("src", "clients");

  /** JVMs that run tests beside each other must not install into one folder. */
  private static final Path TARGET =
      Path.of("target", "clients", String.valueOf(ProcessHandle.current().pid())).toAbsolutePath();

  private static final Path NODE = TARGET.resolve("node");
  private static final Path PYTHON_SITE = TARGET.resolve("python");

  private static final String DEPENDENCIES =
      """
      {
        "private": true,
        "type": "module",
        "dependencies": {
          "server-events-client": "file:server-events-client-1.0.0.tgz",
          "redis": ">=5.8.0",
          "redis4": "npm:redis@~4.7.0",
          "ioredis": "^5.7.0"
        }
      }
      """;

  private static final Set<Installed> THERE = ConcurrentHashMap.newKeySet();

  private final String program;
  private final String library;

  Client(String program, String library) {
    this.program = program;
    this.library = library;
  }

  boolean isNode() {
    return program.equals("node");
  }

  /** The page about it. */
  Path page() {
    return SOURCES.resolve(isNode() ? "node" : "python").resolve("README.md");
  }

  /** Packs and installs it as a user does, once; aborts the test with a notice where it cannot. */
  synchronized Client install() {
    if (isNode()) {
      var node = run(Path.of("."), "npm", "--version") && run(Path.of("."), "node", "--version");
      Programs.assume(node, "no node and npm here, so the client for Node is not tested");
      Installed.NODE.check();
    } else {
      Programs.assume(PYTHON.isImported(), "no Python 3.11 is here");
      Installed.PYTHON.check();
      Programs.assume(isImported(), "redis-py cannot be installed here");
    }
    return this;
  }

  private static boolean run(Path directory, String... command) {
    return Programs.run(directory, command);
  }

  /** Whether Python is new enough, and finds the library. */
  private boolean isImported() {
    var python = "import sys; sys.path.append(sys.argv[1]); assert sys.version_info >= (3, 11)";
    var code = library.isEmpty() ? python : python + "; import redis.asyncio";
    return run(Path.of("."), program, "-c", code, PYTHON_SITE.toString());
  }

  /** Starts the adapter for the conformance runner. */
  ClientPeer start(String redisUrl) {
    return new ClientPeer(process(redisUrl, adapter()));
  }

  private Stream<String> adapter() {
    var adapter =
        isNode()
            ? "conformance.mjs"
            : SOURCES.resolve("python").resolve("conformance.py").toAbsolutePath().toString();
    return Stream.of(adapter, library).filter(word -> !word.isEmpty());
  }

  /** Runs the conformance runner on the adapter; returns what it prints. */
  String conformance() throws IOException {
    var java = ProcessHandle.current().info().command().orElse("java");
    var jar = Path.of("target", "server-events.jar").toAbsolutePath().toString();
    var runner = Stream.of(java, "-jar", jar, "conformance", "--");
    var adapter = Stream.concat(Stream.of(program), adapter());
    var process = start(Stream.concat(runner, adapter).toList(), Map.of());
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        + "exit code "
        + process.onExit().join().exitValue();
  }

  /** Starts a program that uses the client. */
  Process program(String redisUrl, String code) {
    try {
      Files.createDirectories(NODE);
      var suffix = isNode() ? ".mjs" : ".py";
      var file = Files.createTempFile(isNode() ? NODE : TARGET, "program", suffix);
      Files.writeString(file, code);
      return process(redisUrl, Stream.of(file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process(String redisUrl, Stream<String> arguments) {
    var command = Stream.concat(Stream.of(program), arguments).toList();
    return start(command, Map.of("REDIS", redisUrl, "REDIS_URL", redisUrl));
  }

  private Process start(List<String> command, Map<String, String> environment) {
    var builder = new ProcessBuilder(command).directory((isNode() ? NODE : TARGET).toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PYTHONPATH", PYTHON_SITE.toString());
    try {
      return builder.redirectError(new File("target/clients.log")).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Packs and installs what a client consists of, once in the life of this JVM. */
  private enum Installed {
    NODE {
      @Override
      void install() throws IOException {
        Files.createDirectories(Client.NODE);
        Files.writeString(Client.NODE.resolve("package.json"), DEPENDENCIES);
        var sources = SOURCES.resolve("node");
        must(sources, "npm", "pack", "--silent", "--pack-destination", Client.NODE.toString());
        var adapter = Client.NODE.resolve("conformance.mjs");
        Files.copy(sources.resolve("conformance.mjs"), adapter, REPLACE_EXISTING);
        Files.deleteIfExists(Client.NODE.resolve("package-lock.json"));
        must(Client.NODE, "rm", "-rf", "node_modules/server-events-client");
        must(Client.NODE, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");
      }
    },
    PYTHON {
      @Override
      void install() throws IOException {
        Files.createDirectories(PYTHON_SITE);
        var pip = List.of("python3", "-m", "pip", "--disable-pip-version-check");
        var offline = List.of("--no-index", "--no-deps");
        var sources = SOURCES.resolve("python").toAbsolutePath().toString();
        must(TARGET, words(pip, List.of("wheel", "-w", TARGET.toString()), offline, sources));
        var wheel = TARGET.resolve("server_events_client-1.0.0-py3-none-any.whl").toString();
        var to = List.of("install", "--upgrade", "--target", PYTHON_SITE.toString());
        must(TARGET, words(pip, to, offline, wheel));
        run(TARGET, words(pip, to, List.of("--retries", "1", "--timeout", "10"), "redis>=5"));
      }
    };

    abstract void install() throws IOException;

    synchronized void check() {
      try {
        if (!THERE.contains(this)) {
          install();
          THERE.add(this);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String[] words(
        List<String> program, List<String> command, List<String> options, String last) {
      return Stream.of(program, command, options, List.of(last))
          .flatMap(List::stream)
          .toArray(String[]::new);
    }

    private static void must(Path directory, String... command) throws IOException {
      var builder = new ProcessBuilder(command).directory(directory.toFile());
      var process = builder.redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.onExit().join().exitValue())
          .as("%s: %s", String.join(" ", command), output)
          .isZero();
    }
  }
}
