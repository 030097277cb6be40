package dev.serverevents.internal.hub;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.Printable;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes what came from Redis. It drops what is no event, counts that, and logs one in a while.
 * Used on the verticle's context only, but for the count.
 */
final class PayloadDecoder {

  private static final Logger LOG = LoggerFactory.getLogger(PayloadDecoder.class);
  private static final long LOG_INTERVAL_NS = 10_000_000_000L;

  private final ServerEventsMetrics metrics;
  private final int maxBytes;
  private volatile long dropped;
  private long lastLogged = System.nanoTime() - LOG_INTERVAL_NS;

  /**
   * Creates one.
   *
   * @param maxBytes how large a payload may be
   */
  PayloadDecoder(ServerEventsMetrics metrics, int maxBytes) {
    this.metrics = metrics;
    this.maxBytes = maxBytes;
  }

  /** Decodes what came on a channel, or is kept; returns null if it is no event. */
  @Nullable Payload decode(String channel, Buffer json) {
    try {
      return WireFormat.decode(json, maxBytes);
    } catch (MalformedPayloadException malformed) {
      drop(channel, malformed);
      return null;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void drop(String channel, MalformedPayloadException cause) {
    dropped++;
    metrics.payloadDropped(cause.reason());
    var now = System.nanoTime();
    if (now - lastLogged >= LOG_INTERVAL_NS) {
      lastLogged = now;
      LOG.warn(
          "Dropped a payload on channel \"{}\": {} ({} dropped so far)",
          Printable.of(channel),
          Printable.of(String.valueOf(cause.getMessage())),
          dropped);
    }
  }

  /** How many were dropped. */
  long dropped() {
    return dropped;
  }
}
