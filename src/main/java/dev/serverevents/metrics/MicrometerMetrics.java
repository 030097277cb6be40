package dev.serverevents.metrics;

import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Meters, in the names of Prometheus:
 *
 * <ul>
 *   <li>{@code server_events_waits_pending}, {@code server_events_streams_open}, {@code
 *       server_events_emits_queued}: gauges
 *   <li>{@code server_events_waits_total}: by {@code name} and {@code outcome} (result, failure,
 *       timeout, unavailable, cancelled, other)
 *   <li>{@code server_events_time_to_result_seconds}: a histogram by {@code name}
 *   <li>{@code server_events_streams_total}: by {@code outcome}; {@code
 *       server_events_clients_left_total}
 *   <li>{@code server_events_emits_total}: by {@code name} and {@code outcome} (emitted, failed);
 *       {@code server_events_receivers_total}: by {@code name}
 *   <li>{@code server_events_payloads_dropped_total}: by {@code reason}
 *   <li>{@code server_events_redis_failures_total} and {@code
 *       server_events_redis_reconnects_total}: by {@code store}; {@code
 *       server_events_redis_resubscribe_seconds}
 * </ul>
 *
 * <p>Only the first {@value #MAX_NAMES} names of events are told apart; all others are {@value
 * #OTHER}, so that names which clients choose cannot fill the memory.
 */
public final class MicrometerMetrics implements ServerEventsMetrics {

  /** How many names of events are told apart. */
  public static final int MAX_NAMES = 100;

  /** The name of all others. */
  public static final String OTHER = "other";

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private enum Outcome {
    RESULT,
    FAILURE,
    TIMEOUT,
    UNAVAILABLE,
    CANCELLED,
    OTHER;

    private static Outcome of(@Nullable Throwable cause) {
      if (cause == null) {
        return RESULT;
      }
      if (cause instanceof EventFailureException) {
        return FAILURE;
      }
      if (cause instanceof EventTimeoutException) {
        return TIMEOUT;
      }
      if (cause instanceof UnavailableException) {
        return UNAVAILABLE;
      }
      return cause instanceof WaitCancelledException ? CANCELLED : OTHER;
    }

    private String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The meters of one name of events. */
  private final class OfName {
    private final Map<Outcome, Counter> waits = new EnumMap<>(Outcome.class);
    private final Timer timeToResult;
    private final Counter emitted;
    private final Counter failed;
    private final Counter receivers;

    private OfName(String name) {
      for (var outcome : Outcome.values()) {
        waits.put(
            outcome, registry.counter(PREFIX + "waits", "name", name, "outcome", outcome.tag()));
      }
      timeToResult =
          Timer.builder(PREFIX + "time.to.result")
              .tag("name", name)
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
      emitted = registry.counter(PREFIX + "emits", "name", name, "outcome", "emitted");
      failed = registry.counter(PREFIX + "emits", "name", name, "outcome", "failed");
      receivers = registry.counter(PREFIX + "receivers", "name", name);
    }
  }

  private static final String PREFIX = "server.events.";

  private final MeterRegistry registry;
  private final Map<String, OfName> names = new ConcurrentHashMap<>();
  private final OfName others;
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong queued = new AtomicLong();
  private final Timer resubscribe;

  /** Registers its meters with {@code registry}. */
  public MicrometerMetrics(MeterRegistry registry) {
    this.registry = registry;
    others = new OfName(OTHER);
    Gauge.builder(PREFIX + "waits.pending", pending, AtomicLong::get).register(registry);
    Gauge.builder(PREFIX + "streams.open", open, AtomicLong::get).register(registry);
    Gauge.builder(PREFIX + "emits.queued", queued, AtomicLong::get).register(registry);
    resubscribe = registry.timer(PREFIX + "redis.resubscribe");
    for (var store : Store.values()) {
      failures(store);
      reconnects(store);
    }
    clientsLeft();
  }

  /** Measures on a Vert.x, from before the first verticle of ours is deployed there. */
  public static void bind(Vertx vertx, MeterRegistry registry) {
    ServerEventsMetrics.set(vertx, new MicrometerMetrics(registry));
  }

  @Override
  public void waitBegan() {
    pending.incrementAndGet();
  }

  @Override
  public void waitEnded(String name, @Nullable Throwable cause, long nanos) {
    pending.decrementAndGet();
    var meters = named(name);
    var outcome = Outcome.of(cause);
    var counter = meters.waits.get(outcome);
    if (counter != null) {
      counter.increment();
    }
    if (outcome == Outcome.RESULT) {
      meters.timeToResult.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void streamBegan() {
    open.incrementAndGet();
  }

  @Override
  public void streamEnded(@Nullable Throwable cause) {
    open.decrementAndGet();
    registry.counter(PREFIX + "streams", "outcome", Outcome.of(cause).tag()).increment();
  }

  @Override
  public void clientLeft() {
    clientsLeft().increment();
  }

  @Override
  public void emitBegan() {
    queued.incrementAndGet();
  }

  @Override
  public void emitted(String name, int receivers) {
    queued.decrementAndGet();
    named(name).emitted.increment();
    named(name).receivers.increment(Math.max(0, receivers));
  }

  @Override
  public void emitFailed(String name, Throwable cause) {
    queued.decrementAndGet();
    named(name).failed.increment();
  }

  @Override
  public void payloadDropped(String reason) {
    registry.counter(PREFIX + "payloads.dropped", "reason", reason).increment();
  }

  @Override
  public void connectionFailed(Store store) {
    failures(store).increment();
  }

  @Override
  public void reconnected(Store store) {
    reconnects(store).increment();
  }

  @Override
  public void resubscribed(long nanos) {
    resubscribe.record(nanos, TimeUnit.NANOSECONDS);
  }

  private OfName named(String name) {
    var known = names.get(name);
    if (known != null) {
      return known;
    }
    return names.size() < MAX_NAMES ? names.computeIfAbsent(name, OfName::new) : others;
  }

  private Counter failures(Store store) {
    return registry.counter(PREFIX + "redis.failures", "store", tag(store));
  }

  private Counter reconnects(Store store) {
    return registry.counter(PREFIX + "redis.reconnects", "store", tag(store));
  }

  private Counter clientsLeft() {
    return registry.counter(PREFIX + "clients.left");
  }

  private static String tag(Store store) {
    return store.name().toLowerCase(Locale.ROOT);
  }
}
