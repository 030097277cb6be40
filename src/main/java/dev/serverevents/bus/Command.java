package dev.serverevents.bus;

import dev.serverevents.EventKey;
import io.vertx.core.buffer.Buffer;

/** What a {@link BusServerEvents} asks of a verticle. Numbers are the asker's own. */
public sealed interface Command {

  /** Listen for an event on behalf of a wait, on the event's channel. */
  record Listen(long number, EventKey key, boolean retained) implements Command {}

  /**
   * Listen for an event on behalf of a wait, on the verticle's inbox.
   *
   * @param epoch the number of the connection that the asker saw listening, or 0 if none was
   * @param since when the wait was made, a {@link System#nanoTime()}
   */
  record ListenDirect(long number, EventKey key, boolean retained, long epoch, long since)
      implements Command {}

  /** The wait has ended. */
  record Leave(long number, EventKey key, boolean direct) implements Command {}

  /**
   * Publish a payload on a channel, the event's own or an inbox, and keep it for {@code retain} ms
   * if that is not 0.
   */
  record Emit(long number, String channel, EventKey key, Buffer payload, long retain)
      implements Command {}
}
