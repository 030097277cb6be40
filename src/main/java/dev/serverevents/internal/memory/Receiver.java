package dev.serverevents.internal.memory;

import io.vertx.core.buffer.Buffer;

/** What subscribes channels. */
interface Receiver {
  /** Takes what was published on a channel. */
  void receive(String channel, Buffer payload);
}
