package dev.serverevents.internal.hub;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.Printable;
import dev.serverevents.internal.wire.MalformedPayloadException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the messages that were dropped because they are no events, and logs one in a while. */
final class DroppedPayloads {

  private static final Logger LOG = LoggerFactory.getLogger(DroppedPayloads.class);
  private static final long LOG_INTERVAL_NS = 10_000_000_000L;

  private final ServerEventsMetrics metrics;
  private volatile long count;
  private long lastLogged = System.nanoTime() - LOG_INTERVAL_NS;

  DroppedPayloads(ServerEventsMetrics metrics) {
    this.metrics = metrics;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void add(String channel, MalformedPayloadException cause) {
    count++;
    metrics.payloadDropped(cause.reason());
    var now = System.nanoTime();
    if (now - lastLogged >= LOG_INTERVAL_NS) {
      lastLogged = now;
      LOG.warn(
          "Dropped a payload on channel \"{}\": {} ({} dropped so far)",
          Printable.of(channel),
          Printable.of(String.valueOf(cause.getMessage())),
          count);
    }
  }

  long count() {
    return count;
  }
}
