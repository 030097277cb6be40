package dev.serverevents.metrics;

import dev.serverevents.Cause;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.Store;
import dev.serverevents.internal.local.Unread;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Meters, in the names of Prometheus:
 *
 * <ul>
 *   <li>{@code server_events_waits_pending}, {@code server_events_streams_open}, {@code
 *       server_events_emits_queued}: gauges
 *   <li>{@code server_events_unread_bytes}: a gauge of what readers of streams have not taken
 *   <li>{@code server_events_waits_total}: by {@code name}, {@code outcome} (result, failure,
 *       timeout, unavailable, cancelled, other) and {@code cause} (the {@linkplain Cause#word()
 *       word} of a {@link Cause})
 *   <li>{@code server_events_time_to_result_seconds}: a histogram by {@code name}
 *   <li>{@code server_events_streams_total}: by {@code outcome} and {@code cause}; {@code
 *       server_events_clients_left_total}
 *   <li>{@code server_events_refused_total}: by the {@code setting} that limits it
 *   <li>{@code server_events_emits_total}: by {@code name} and {@code outcome} (emitted, failed);
 *       {@code server_events_receivers_total}: by {@code name}
 *   <li>{@code server_events_payloads_dropped_total}: by {@code reason}
 *   <li>{@code server_events_redis_failures_total} and {@code
 *       server_events_redis_reconnects_total}: by {@code store}; {@code
 *       server_events_redis_resubscribe_seconds}
 * </ul>
 *
 * <p>A name is told apart from the first event on that somebody received under it, or may have
 * received, and at most {@value #MAX_NAMES} are; all others are {@value #OTHER}. So neither names
 * that clients invent nor requests that are refused fill the memory, or push out a name that is in
 * use: one gives way to another only when nothing was received under it for an hour.
 */
public final class MicrometerMetrics implements ServerEventsMetrics {

  /** How many names of events are told apart. */
  public static final int MAX_NAMES = MetersByName.MAX_NAMES;

  /** The name of all others. */
  public static final String OTHER = MetersByName.OTHER;

  private final MeterRegistry registry;
  private final MetersByName names;
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong queued = new AtomicLong();
  private final Timer resubscribe;

  /** Registers its meters with {@code registry}. */
  public MicrometerMetrics(MeterRegistry registry) {
    this.registry = registry;
    names = new MetersByName(registry);
    Meters.WAITS_PENDING.gauge(pending, AtomicLong::get).register(registry);
    Meters.STREAMS_OPEN.gauge(open, AtomicLong::get).register(registry);
    Meters.EMITS_QUEUED.gauge(queued, AtomicLong::get).register(registry);
    resubscribe = Meters.REDIS_RESUBSCRIBE.timer().register(registry);
    for (var store : Store.values()) {
      failures(store);
      reconnects(store);
    }
    clientsLeft();
  }

  /** Measures on a Vert.x, from before the first verticle of ours is deployed there. */
  public static void bind(Vertx vertx, MeterRegistry registry) {
    ServerEventsMetrics.set(vertx, new MicrometerMetrics(registry));
    Meters.UNREAD.gauge(Unread.of(vertx), Unread::bytes).baseUnit("bytes").register(registry);
  }

  @Override
  public void waitBegan() {
    pending.incrementAndGet();
  }

  @Override
  public void waitEnded(String name, @Nullable Throwable cause, long nanos) {
    pending.decrementAndGet();
    var why = Cause.of(cause);
    var received = why == Cause.RESULT || why == Cause.FAILURE;
    (received ? names.inUse(name) : names.known(name)).waitEnded(why, nanos);
  }

  @Override
  public void streamBegan() {
    open.incrementAndGet();
  }

  @Override
  public void streamEnded(@Nullable Throwable cause) {
    open.decrementAndGet();
    Meters.STREAMS.counter(registry, Outcome.tags(Cause.of(cause))).increment();
  }

  @Override
  public void clientLeft() {
    clientsLeft().increment();
  }

  @Override
  public void refused(String setting) {
    Meters.REFUSED.counter(registry, Tags.of("setting", setting)).increment();
  }

  @Override
  public void emitBegan() {
    queued.incrementAndGet();
  }

  @Override
  public void emitted(String name, int receivers) {
    queued.decrementAndGet();
    (receivers == 0 ? names.known(name) : names.inUse(name)).emitted(receivers);
  }

  @Override
  public void emitFailed(String name, Throwable cause) {
    queued.decrementAndGet();
    names.known(name).emitFailed();
  }

  @Override
  public void payloadDropped(String reason) {
    Meters.PAYLOADS_DROPPED.counter(registry, Tags.of("reason", reason)).increment();
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

  private Counter failures(Store store) {
    return Meters.REDIS_FAILURES.counter(registry, tags(store));
  }

  private Counter reconnects(Store store) {
    return Meters.REDIS_RECONNECTS.counter(registry, tags(store));
  }

  private Counter clientsLeft() {
    return Meters.CLIENTS_LEFT.counter(registry, Tags.empty());
  }

  private static Tags tags(Store store) {
    return Tags.of("store", store.name().toLowerCase(Locale.ROOT));
  }
}
