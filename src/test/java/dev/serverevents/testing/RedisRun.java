package dev.serverevents.testing;

import java.util.List;
import java.util.Map;

/** A running redis-server of the tests. */
interface RedisRun {

  /** Starts one whose working directory has some files; returns when the log says {@code ready}. */
  static RedisRun start(
      RedisPlace place, Map<String, String> files, List<String> arguments, String ready) {
    return switch (place) {
      case PROCESS -> new RedisProcess(files, arguments, ready);
      case CONTAINER -> new RedisContainer(files, arguments, ready);
    };
  }

  boolean isAlive();

  /** Ends it as {@code kill -9} does, and returns when it has ended. */
  void kill();

  /** Starts it again with the same data, without waiting until it serves. */
  void restart();

  /** Sends it a signal, for example STOP. */
  void signal(String name);

  /** Ends it for good. */
  void close();
}
