package dev.serverevents.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Requests as no HTTP client would send them, byte by byte. */
public final class RawHttp {

  private RawHttp() {}

  /**
   * Sends lines, each of which it ends with CR and LF, and returns all that the server answers
   * until it closes the connection, which the last request should ask for.
   */
  public static String ask(String url, String... lines) {
    var server = URI.create(url);
    try (var socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(30_000);
      var request = String.join("\r\n", lines) + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
