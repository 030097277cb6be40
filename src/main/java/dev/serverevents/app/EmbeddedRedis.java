package dev.serverevents.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.embedded.RedisExecProvider;

/** A real redis-server on a free port of the loopback interface, which ends with this JVM. */
public final class EmbeddedRedis implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);

  /** Ends Redis when standard input does: that happens however this JVM ends, kill -9 included. */
  private static final String GUARD = "\"$0\" \"$@\" & cat > /dev/null; kill $!; wait $!";

  private final Process process;
  private final int port;

  private EmbeddedRedis(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one, and returns when it accepts connections. It blocks.
   *
   * @throws IOException if it does not start; the message has what Redis printed
   */
  public static EmbeddedRedis start() throws IOException {
    var port = freePort();
    var executable = RedisExecProvider.defaultProvider().get().getAbsolutePath();
    var directory = Files.createTempDirectory("server-events-redis").toFile();
    directory.deleteOnExit();
    var process =
        new ProcessBuilder(
                List.of(
                    "/bin/sh",
                    "-c",
                    GUARD,
                    executable,
                    "--port",
                    String.valueOf(port),
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                    "--appendonly",
                    "no"))
            .directory(directory)
            .redirectErrorStream(true)
            .start();
    var output = process.inputReader(StandardCharsets.UTF_8);
    awaitReady(output);
    var drain = new Thread(() -> output.lines().forEach(LOG::debug), "embedded-redis-output");
    drain.setDaemon(true);
    drain.start();
    return new EmbeddedRedis(process, port);
  }

  /** Where it listens. */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends it. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException ended) {
      LOG.debug("Redis has ended already", ended);
    }
  }

  /** Returns a port that is free now. */
  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitReady(BufferedReader output) throws IOException {
    var printed = new StringBuilder();
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.contains("Ready to accept connections")) {
        return;
      }
      printed.append(line).append('\n');
    }
    throw new IOException("The embedded Redis did not start. It printed:\n" + printed);
  }
}
