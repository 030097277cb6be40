package dev.serverevents.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many connections that send one thing and read nothing, until all of them are cut. */
public final class Sockets implements AutoCloseable {

  private static final int RECEIVE_BUFFER = 4_096;

  private final List<SocketChannel> all = new ArrayList<>();

  /**
   * Opens some more.
   *
   * @param from the address of this machine that they come from, for example 127.0.0.2
   * @param first what each sends, line by line, or nothing
   */
  public void open(int count, String from, int port, String... first) {
    var bytes = String.join("\r\n", first).getBytes(StandardCharsets.ISO_8859_1);
    try {
      for (var i = 0; i < count; i++) {
        var socket = SocketChannel.open();
        all.add(socket);
        socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.write(ByteBuffer.wrap(bytes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns how many the server has closed. */
  public int closed() {
    var closed = 0;
    for (var socket : all) {
      try {
        socket.configureBlocking(false);
        var read = 0;
        do {
          read = socket.read(ByteBuffer.allocate(RECEIVE_BUFFER));
        } while (read > 0);
        closed += read < 0 ? 1 : 0;
      } catch (IOException reset) {
        closed++;
      }
    }
    return closed;
  }

  @Override
  public void close() {
    cut();
  }

  /** Cuts all of them, each by a reset. */
  public void cut() {
    for (var socket : all) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    all.clear();
  }
}
