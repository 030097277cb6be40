package dev.serverevents.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Ports for servers that are killed and started again on the same one, so that 0 does not do. All
 * are below those that a system gives to connections. Each JVM has some to itself while it runs:
 * tests run in several beside each other, and a port is free for a moment after it was found, and
 * while its server is down.
 */
final class Ports {

  private static final int LOWEST = 10_000;
  private static final int END = 32_000;
  private static final int OF_EACH = 1_000;

  /** Those of this JVM. */
  static final Ports OWN = new Ports();

  private final int first;

  @SuppressWarnings({"unused", "FieldCanBeLocal"}) // it is closed when nobody has it
  private final FileChannel lock;

  private int given;

  /** Takes some that nobody on this machine has. */
  Ports() {
    for (var candidate = LOWEST; candidate < END; candidate += OF_EACH) {
      var taken = lock(candidate);
      if (taken != null) {
        first = candidate;
        lock = taken;
        return;
      }
    }
    throw new IllegalStateException("no ports are left for tests");
  }

  /** Returns what holds them until it is closed, or the JVM ends; null if another has them. */
  private static @Nullable FileChannel lock(int candidate) {
    var file = Path.of(System.getProperty("java.io.tmpdir"), "server-events-ports-" + candidate);
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return channel;
        }
      } catch (OverlappingFileLockException ours) {
        // others of this JVM
      }
      channel.close();
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that is free, and that was not given lately. */
  synchronized int next() {
    for (var tries = 0; tries < OF_EACH; tries++) {
      var candidate = first + given++ % OF_EACH;
      try (var socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // the next one
      }
    }
    throw new IllegalStateException("none of " + OF_EACH + " ports from " + first + " is free");
  }
}
