package dev.serverevents.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real redis-server to try things out with: on a free port of the loopback interface, with a
 * random password, and ending with this JVM. Its version is that of the library it comes with, for
 * which there are advisories; anything that matters should have a Redis of its own.
 */
public final class EmbeddedRedis implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);
  private static final int PASSWORD_BYTES = 32;

  /**
   * Ends Redis, and removes its files, when standard input ends: that happens however this JVM
   * ends, kill -9 included.
   */
  private static final String GUARD =
      "\"$1\" \"$2/redis.conf\" & cat > /dev/null; kill $!; wait $!; rm -rf \"$2\"";

  /**
   * Runs the guard in a session of its own, so that neither Ctrl-C nor the end of a terminal
   * reaches it: this JVM is to end first. Linux has setsid, macOS has Perl.
   */
  private static final String SESSION =
      "if command -v setsid > /dev/null; then exec setsid /bin/sh -c \"$0\" sh \"$@\"; fi;"
          + " if command -v perl > /dev/null; then"
          + " exec perl -MPOSIX -e 'POSIX::setsid(); exec @ARGV' /bin/sh -c \"$0\" sh \"$@\"; fi;"
          + " exec /bin/sh -c \"$0\" sh \"$@\"";

  private final Process process;
  private final int port;
  private final String password;

  private EmbeddedRedis(Process process, int port, String password) {
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts one, and returns when it accepts connections. It blocks.
   *
   * @throws IOException if it does not start; the message says why, if need be with what Redis
   *     printed
   */
  public static EmbeddedRedis start() throws IOException {
    return start(freePort(), randomPassword());
  }

  private static EmbeddedRedis start(int port, String password) throws IOException {
    var directory = temporaryDirectory();
    var executable = RedisExecutable.extract(directory);
    // Arguments and files of others can be read by everybody, this directory only by its owner
    var configuration = directory.resolve("redis.conf");
    Files.writeString(
        configuration,
        """
        bind 127.0.0.1
        port %d
        requirepass %s
        dir %s
        save ""
        appendonly no
        """
            .formatted(port, password, directory));
    var process =
        new ProcessBuilder(
                List.of(
                    "/bin/sh", "-c", SESSION, GUARD, executable.toString(), directory.toString()))
            .redirectErrorStream(true)
            .start();
    var output = process.inputReader(StandardCharsets.UTF_8);
    awaitReady(output);
    Files.delete(configuration);
    var drain = new Thread(() -> output.lines().forEach(LOG::debug), "embedded-redis-output");
    drain.setDaemon(true);
    drain.start();
    return new EmbeddedRedis(process, port, password);
  }

  /** Ends it, and starts another one without data at the same place. It blocks. */
  EmbeddedRedis startAgain() throws IOException {
    close();
    process.onExit().join();
    return start(port, password);
  }

  /** Where it listens, with its password. */
  public String url() {
    return "redis://:" + password + "@" + address();
  }

  /** Where it listens, without the password. */
  String shownUrl() {
    return "redis://" + address();
  }

  private String address() {
    return "127.0.0.1:" + port;
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

  private static Path temporaryDirectory() throws IOException {
    try {
      return Files.createTempDirectory("server-events-redis");
    } catch (IOException cause) {
      throw new IOException(
          "it needs a folder for its files, and cannot make one in %s (java.io.tmpdir)"
              .formatted(System.getProperty("java.io.tmpdir")),
          cause);
    }
  }

  private static String randomPassword() {
    var bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void awaitReady(BufferedReader output) throws IOException {
    var printed = new StringBuilder();
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.contains("Ready to accept connections")) {
        return;
      }
      printed.append(line).append(" | ");
    }
    throw new IOException("it ended at once, and printed: " + printed);
  }
}
