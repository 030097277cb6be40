package dev.serverevents.app.conformance;

import java.io.IOException;

/** The Redis between the runner and an adapter, which nobody else uses. */
public interface RedisUnderTest extends AutoCloseable {

  /** Starts one. */
  @FunctionalInterface
  interface Source {
    /**
     * Starts one.
     *
     * @throws IOException if it does not start
     */
    RedisUnderTest start() throws IOException;
  }

  /** Where it listens, with its password. */
  String url();

  /**
   * Ends it, with all that it has, and starts it again at the same place.
   *
   * @throws IOException if it does not start
   */
  void restart() throws IOException;

  @Override
  void close();
}
