package dev.serverevents.app;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

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
    var port = System.getenv().getOrDefault("SERVER_EVENTS_HTTP_PORT", "8080");
    System.exit(isHealthy("http://localhost:" + port + "/health/live") ? 0 : 1);
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
    } catch (IOException cause) {
      System.err.println(url + ": " + cause.getMessage());
      return false;
    }
  }
}
