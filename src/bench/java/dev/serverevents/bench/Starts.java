package dev.serverevents.bench;

import dev.serverevents.app.EmbeddedRedis;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How long the runnable jar takes until it is ready, plain and by the start script, in turns. Both
 * use the JVM of this process and a Redis that is there already.
 */
final class Starts {

  private static final int RUNS = Integer.getInteger("bench.runs", 5);
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  private final String redis;

  Starts(String redis) {
    this.redis = redis;
  }

  /** Returns a table with the medians and their ratio. */
  String run() throws IOException, InterruptedException {
    var plain = new ArrayList<Double>();
    var rehearsed = new ArrayList<Double>();
    for (var i = 0; i < RUNS; i++) {
      plain.add(
          msToReady(
              JAVA_HOME.resolve("bin/java").toString(),
              "-jar",
              TARGET.resolve("server-events.jar").toString()));
      rehearsed.add(msToReady(TARGET.resolve("server-events").toString()));
    }
    var ratio = median(rehearsed) / median(plain);
    return """
        | start to ready on Java %s | ms | to plain |
        |---|---|---|
        | plain jar | %.0f | 1.00 |
        | rehearsed | %.0f | %.2f |
        """
        .formatted(Runtime.version(), median(plain), median(rehearsed), ratio);
  }

  private double msToReady(String... command) throws IOException, InterruptedException {
    var port = EmbeddedRedis.freePort();
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
    builder.environment().put("SERVER_EVENTS_REDIS", redis);
    builder.environment().put("SERVER_EVENTS_HTTP_PORT", String.valueOf(port));
    var began = System.nanoTime();
    var process = builder.start();
    while (!isReady(port)) {
      if (!process.isAlive()) {
        throw new IOException(String.join(" ", command) + " ended");
      }
      Thread.sleep(1);
    }
    var ms = (System.nanoTime() - began) / 1e6;
    process.destroy();
    process.waitFor();
    return ms;
  }

  private static boolean isReady(int port) {
    try {
      var url = URI.create("http://127.0.0.1:" + port + "/health/ready").toURL();
      return ((HttpURLConnection) url.openConnection()).getResponseCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
