package dev.serverevents.app;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A server that starts, answers and ends by itself, in the process of which the JVM writes down
 * what a start needs: see {@link RehearseCommand}.
 */
final class Rehearsal {

  private static final int TIMEOUT_MS = 30_000;

  private Rehearsal() {}

  /** Ends with the exit code of a start that failed, 1 if it does not answer, or else 0. */
  public static void main(String[] args) {
    Main.main(args);
    var url = "http://127.0.0.1:" + System.getenv(RehearseCommand.PORT);
    ask(url + "/health/ready", "");
    ask(url + "/demo/pi", "{\"digits\": 10}");
    ask(url + "/events/rehearsal/1?retain=10000", "[]");
    ask(url + "/events/rehearsal/1?retained=true", "");
    ask(url + "/metrics", "");
    System.exit(ExitCode.OK.code());
  }

  /** Nothing may keep the process: who has it rehearse waits for its end. */
  private static void ask(String url, String body) {
    try {
      var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      if (!body.isEmpty()) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      }
      try (var answer = connection.getInputStream()) { // which throws if it is an error
        answer.readAllBytes();
      }
    } catch (IOException failed) {
      System.err.println(failed.getMessage());
      System.exit(ExitCode.UNEXPECTED.code());
    }
  }
}
