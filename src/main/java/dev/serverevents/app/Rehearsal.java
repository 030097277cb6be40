package dev.serverevents.app;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A server that starts, answers and ends by itself, in the process of which the JVM writes down
 * what a start needs: see {@link RehearseCommand}.
 */
final class Rehearsal {

  private static final String EVENT = "/events/rehearsal/1";

  private Rehearsal() {}

  /** Ends with the exit code of a start that failed, or 0. */
  public static void main(String[] args) {
    LogSettings.apply(Map.of());
    try {
      run();
      System.exit(ExitCode.OK.code());
    } catch (IOException | RuntimeException cause) {
      System.err.println(cause.getMessage());
      System.exit(FailedStartException.exitCode(cause).code());
    }
  }

  /** Health, a job, a wait, an emit and metrics: what the first minute of a server is made of. */
  private static void run() throws IOException {
    var port = EmbeddedRedis.freePort();
    var settings = new JsonObject().put("http", new JsonObject().put("port", port));
    RunningServer.start(Configuration.of(settings, Map.of()));
    var url = "http://127.0.0.1:" + port;
    ask(url + "/health/ready", "", 200);
    ask(url + "/demo/pi", "{\"digits\": 10}", 200);
    ask(url + EVENT + "?timeout=1", "", 504);
    ask(url + EVENT, "[]", 200);
    ask(url + "/metrics", "", 200);
  }

  private static void ask(String url, String body, int expected) throws IOException {
    var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    var status = connection.getResponseCode();
    if (status != expected) {
      throw new IOException("%s answers %d instead of %d".formatted(url, status, expected));
    }
    try (var answer = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      answer.readAllBytes();
    }
  }
}
