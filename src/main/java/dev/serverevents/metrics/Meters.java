package dev.serverevents.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.function.ToDoubleFunction;

/** All meters: what they are called, and what they say. */
enum Meters {
  WAITS_PENDING("waits.pending", "Waits that are pending now"),
  WAITS("waits", "Waits that have ended"),
  TIME_TO_RESULT("time.to.result", "How long waits lasted until their event came"),
  STREAMS_OPEN("streams.open", "Streams that are open now"),
  STREAMS("streams", "Streams that have ended"),
  UNREAD("unread", "What readers of streams have not taken"),
  CLIENTS_LEFT("clients.left", "HTTP clients that went before their answer"),
  REFUSED("refused", "What was refused because of a limit of what clients may have"),
  EMITS_QUEUED("emits.queued", "Emits that are queued now"),
  EMITS("emits", "Emits that have ended"),
  RECEIVERS("receivers", "Connections that received emits"),
  PAYLOADS_DROPPED("payloads.dropped", "Payloads from Redis that are no events"),
  REDIS_FAILURES("redis.failures", "Connections to Redis that broke, and attempts that failed"),
  REDIS_RECONNECTS("redis.reconnects", "Connections to Redis that were made again"),
  REDIS_RESUBSCRIBE("redis.resubscribe", "How long it took to subscribe all channels again");

  private static final String PREFIX = "server.events.";

  private final String meter;
  private final String says;

  Meters(String meter, String says) {
    this.meter = PREFIX + meter;
    this.says = says;
  }

  /** The counter of some tags, which is registered if it is not. */
  Counter counter(MeterRegistry registry, Tags tags) {
    return Counter.builder(meter).description(says).tags(tags).register(registry);
  }

  /** Begins a timer. */
  Timer.Builder timer() {
    return Timer.builder(meter).description(says);
  }

  /** Begins a gauge. */
  <T> Gauge.Builder<T> gauge(T of, ToDoubleFunction<T> value) {
    return Gauge.builder(meter, of, value).description(says);
  }
}
