package dev.serverevents.bus;

import dev.serverevents.EventKey;
import io.vertx.core.buffer.Buffer;

/** What a {@link BusServerEvents} asks of a verticle. Numbers are the asker's own. */
public sealed interface Command {

  /** Listen for an event on behalf of a wait. */
  record Listen(long number, EventKey key, boolean retained) implements Command {}

  /** The wait has ended. */
  record Leave(long number, EventKey key) implements Command {}

  /** Publish a payload, and keep it for {@code retain} ms if that is not 0. */
  record Emit(long number, String channel, Buffer payload, long retain) implements Command {}
}
