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

  /** So many bytes most commands take for a channel. */
  private static final int USUAL_SIZE = 64;

  private final ByteBuf written;

  /** Begins without a command, with room for about so many channels. */
  public PubSubCommands(int channels) {
    written = Unpooled.buffer(channels * USUAL_SIZE);
  }

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
    digits(number);
    written.writeShort(END_OF_LINE);
  }

  private void digits(int number) {
    if (number >= 10) {
      digits(number / 10);
    }
    written.writeByte('0' + number % 10);
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
