package dev.serverevents.app;

import dev.serverevents.app.conformance.RedisUnderTest;
import java.io.IOException;

/** An embedded Redis that can be started again at the same place, for the conformance runner. */
public final class ConformanceRedis implements RedisUnderTest {

  private EmbeddedRedis redis = EmbeddedRedis.start();

  /**
   * Starts one. It blocks.
   *
   * @throws IOException if it does not start
   */
  public ConformanceRedis() throws IOException {
    // it is started already
  }

  @Override
  public String url() {
    return redis.url();
  }

  @Override
  public void restart() throws IOException {
    redis = redis.startAgain();
  }

  @Override
  public void close() {
    redis.close();
  }
}
