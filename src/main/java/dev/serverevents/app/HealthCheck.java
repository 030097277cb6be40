package dev.serverevents.app;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;

/**
 * Tells by its exit code whether a server on this machine is healthy, for an image that has no
 * {@code curl}. It loads nothing but the JDK, for it is run again and again.
 */
final class HealthCheck {

  private static final int TIMEOUT_MS = 5_000;

  private HealthCheck() {}

  /**
   * Ends with 0, or with 1 if {@code /health/live} does not answer 200 within 5 seconds at the port
   * of the variable {@code SERVER_EVENTS_HTTP_PORT}, or 8080.
   */
  public static void main(String[] args) {
    System.exit(isHealthy(url(System.getenv())) ? 0 : 1);
  }

  /** Where the server is; an empty variable counts as none, as it does to the server. */
  static String url(Map<String, String> environment) {
    var port = environment.getOrDefault("SERVER_EVENTS_HTTP_PORT", "");
    return "http://localhost:" + (port.isEmpty() ? "8080" : port) + "/health/live";
  }

  private static boolean isHealthy(String url) {
    try {
      var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      var status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        System.err.println(url + " answers " + status);
      }
      return status == HttpURLConnection.HTTP_OK;
    } catch (IOException | IllegalArgumentException cause) { // the latter for a wrong port
      System.err.println(url + ": " + cause.getMessage());
      return false;
    }
  }
}
