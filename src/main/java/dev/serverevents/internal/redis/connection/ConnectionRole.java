package dev.serverevents.internal.redis.connection;

import dev.serverevents.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a connection is for, which its name says: {@code CLIENT LIST} then tells who is who. */
public enum ConnectionRole {
  PUBLISHER,
  SUBSCRIBER,
  /** Pushes, takes and gives back jobs on lists. */
  JOBS,
  /** Asks Sentinels for the master, or a node for the slots of its cluster. */
  WATCH;

  /** That of one of the two connections that a verticle cannot do without. */
  static ConnectionRole of(Store store) {
    return store == Store.INPUT_STORE ? PUBLISHER : SUBSCRIBER;
  }

  /** The name of this host, in letters that the names of connections may have. */
  private static final String HOST = host().replaceAll("[^A-Za-z0-9._-]", "-");

  /** Asked of the kernel where that is possible, since a name service can take seconds. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException notLinux) {
      return System.getenv().getOrDefault("COMPUTERNAME", "localhost");
    }
  }

  /** The name of a connection of the verticle that has this id. */
  String clientName(String serverId) {
    return String.join(":", "server-events", HOST, serverId, name().toLowerCase(Locale.ROOT));
  }
}
