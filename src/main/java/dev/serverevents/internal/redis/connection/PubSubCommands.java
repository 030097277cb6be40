package dev.serverevents.internal.redis.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.redis.client.Command;

/** Commands of Pub/Sub for one write, in the format of the Redis protocol (RESP). */
public final class PubSubCommands {

  private static final int END_OF_LINE = '\r' << Byte.SIZE | '\n';

  private final ByteBuf written = Unpooled.buffer();

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
    line('$', ByteBufUtil.utf8Bytes(text));
    ByteBufUtil.writeUtf8(written, text);
    written.writeShort(END_OF_LINE);
  }

  private void line(char kind, int number) {
    written.writeByte(kind);
    ByteBufUtil.writeAscii(written, String.valueOf(number));
    written.writeShort(END_OF_LINE);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return !written.isReadable();
  }

  /** Their bytes. */
  public Buffer toBuffer() {
    return BufferInternal.buffer(written);
  }
}
