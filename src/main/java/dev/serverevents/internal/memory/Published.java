package dev.serverevents.internal.memory;

import io.vertx.core.buffer.Buffer;

/**
 * A message that was published.
 *
 * @param receivers how many connections subscribed its channel then
 * @param retained whether it was kept as well
 */
public record Published(String channel, Buffer payload, int receivers, boolean retained) {}
