package dev.serverevents.app.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sees all commands that Redis runs, in their order. */
final class Monitor implements AutoCloseable {

  private final Socket socket;
  private final BufferedReader lines;

  Monitor(String url) throws IOException {
    var redis = URI.create(url);
    socket = new Socket(redis.getHost(), redis.getPort());
    socket.setSoTimeout((int) Check.PATIENCE);
    lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    var password = redis.getUserInfo().substring(1);
    for (var command : List.of("AUTH " + password, "MONITOR")) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      lines.readLine();
    }
  }

  /**
   * The commands that were run, in capital letters and without their arguments, until one has a
   * text in it.
   *
   * @param text ends it
   * @param with only commands with it are told, besides MULTI and EXEC
   */
  List<String> until(String text, String with) throws IOException {
    var commands = new ArrayList<String>();
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(text)) {
        return commands;
      }
      var start = line.indexOf('"') + 1;
      var command =
          line.substring(start, line.indexOf('"', start)).toUpperCase(java.util.Locale.ROOT);
      if (line.contains(with) || command.equals("MULTI") || command.equals("EXEC")) {
        commands.add(command);
      }
    }
    return commands;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
