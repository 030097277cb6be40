package dev.serverevents.web;

import io.netty.buffer.ByteBufUtil;

/**
 * A message of a WebSocket.
 *
 * @param bytes how many the text has in UTF-8
 */
record SocketText(String text, int bytes) {

  static SocketText of(String text) {
    return new SocketText(text, ByteBufUtil.utf8Bytes(text));
  }
}
