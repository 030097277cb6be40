package dev.serverevents.bus;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventKey;
import io.vertx.core.buffer.Buffer;

/** What a {@link BusServerEvents} asks of a verticle. */
public sealed interface Command {

  /**
   * Listen for somebody.
   *
   * @param epoch the number of the connection on which its user knows that it is heard, or 0
   */
  record Listen(Pending pending, long epoch) implements Command {}

  /** It has ended. */
  record Leave(Pending pending) implements Command {}

  /**
   * Publish a payload on a channel: the event's own, an inbox, or that of progress.
   *
   * @param number the asker's own
   */
  record Emit(long number, String channel, EventKey key, Buffer payload, EmitOptions options)
      implements Command {}
}
