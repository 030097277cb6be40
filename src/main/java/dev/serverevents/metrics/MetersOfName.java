package dev.serverevents.metrics;

import dev.serverevents.Cause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The meters of one name of events. */
final class MetersOfName {

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

  /** What is counted from the start, so that its rate is known when it happens first. */
  private static final List<Cause> USUAL =
      List.of(
          Cause.RESULT,
          Cause.FAILURE,
          Cause.NO_EVENT,
          Cause.REDIS_GAP,
          Cause.REDIS_AWAY,
          Cause.CANCELLED,
          Cause.CLIENT_GONE);

  private final MeterRegistry registry;
  private final String name;
  private final Map<Cause, Counter> waits = new ConcurrentHashMap<>();
  private final Timer timeToResult;
  private final Counter emitted;
  private final Counter failed;
  private final Counter receivers;
  private volatile long used;

  /** Registers them; {@code now} is the registry's time in ns. */
  MetersOfName(MeterRegistry registry, String name, long now) {
    this.registry = registry;
    this.name = name;
    used = now;
    USUAL.forEach(this::register);
    timeToResult =
        Meters.TIME_TO_RESULT
            .timer()
            .tag("name", name)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    var ofName = Tags.of("name", name);
    emitted = Meters.EMITS.counter(registry, ofName.and("outcome", "emitted"));
    failed = Meters.EMITS.counter(registry, ofName.and("outcome", "failed"));
    receivers = Meters.RECEIVERS.counter(registry, ofName);
  }

  void waitEnded(Cause cause, long nanos) {
    var counter = waits.get(cause);
    (counter == null ? register(cause) : counter).increment();
    if (cause == Cause.RESULT) {
      timeToResult.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private Counter register(Cause cause) {
    var tags = Outcome.tags(cause).and("name", name);
    return waits.computeIfAbsent(cause, first -> Meters.WAITS.counter(registry, tags));
  }

  void emitted(int count) {
    emitted.increment();
    receivers.increment(Math.max(0, count));
  }

  void emitFailed() {
    failed.increment();
  }

  /** When something was received under the name last. */
  long used() {
    return used;
  }

  void used(long now) {
    used = now;
  }

  void remove() {
    waits.values().forEach(registry::remove);
    Stream.of(timeToResult, emitted, failed, receivers).forEach(registry::remove);
  }
}
