package dev.serverevents.metrics;

import dev.serverevents.Cause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The meters of one name of events. */
final class MetersOfName {

  /** What the names of all meters begin with. */
  static final String PREFIX = "server.events.";

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

  private final Map<Cause, Counter> waits = new EnumMap<>(Cause.class);
  private final Timer timeToResult;
  private final Counter emitted;
  private final Counter failed;
  private final Counter receivers;
  private volatile long used;

  /** Registers them; {@code now} is the registry's time in ns. */
  MetersOfName(MeterRegistry registry, String name, long now) {
    used = now;
    for (var cause : Cause.values()) {
      var outcome = Outcome.of(cause).label();
      waits.put(cause, registry.counter(PREFIX + "waits", "name", name, "outcome", outcome));
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

  void waitEnded(Cause cause, long nanos) {
    var counter = waits.get(cause);
    if (counter != null) {
      counter.increment();
    }
    if (cause == Cause.RESULT) {
      timeToResult.record(nanos, TimeUnit.NANOSECONDS);
    }
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

  void remove(MeterRegistry registry) {
    waits.values().forEach(registry::remove);
    Stream.of(timeToResult, emitted, failed, receivers).forEach(registry::remove);
  }
}
