package dev.serverevents.internal.redis.connection;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import java.nio.charset.StandardCharsets;

/** Commands of Pub/Sub for one write, in the format of the Redis protocol (RESP). */
public final class PubSubCommands {

  private final Buffer written = Buffer.buffer();

  /** Begins a command for so many channels, which are to follow. */
  public void begin(Command command, int channels) {
    line('*', 1 + channels);
    text(command.toString());
  }

  /** Adds a channel to the command that was begun. */
  public void channel(String name) {
    text(name);
  }

  private void text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    line('$', bytes.length);
    written.appendBytes(bytes).appendString("\r\n");
  }

  private void line(char kind, int number) {
    written.appendString(kind + String.valueOf(number) + "\r\n");
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return written.length() == 0;
  }

  /** Their bytes. */
  public Buffer toBuffer() {
    return written;
  }
}
