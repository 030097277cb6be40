package dev.serverevents.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of the names that are told apart, as {@link MicrometerMetrics} says which are. */
final class MetersByName {

  /** How many names are told apart. */
  static final int MAX_NAMES = 100;

  /** The name of all others. */
  static final String OTHER = "other";

  private static final long IN_USE_NANOS = Duration.ofHours(1).toNanos();
  private static final long LOOK_FOR_ROOM_NANOS = Duration.ofSeconds(1).toNanos();

  private final MeterRegistry registry;
  private final Map<String, MetersOfName> names = new ConcurrentHashMap<>();
  private final MetersOfName others;
  private long lookedForRoom;

  MetersByName(MeterRegistry registry) {
    this.registry = registry;
    others = new MetersOfName(registry, OTHER, now());
    lookedForRoom = now() - LOOK_FOR_ROOM_NANOS;
  }

  /** The meters of a name, or those of all others. */
  MetersOfName known(String name) {
    return names.getOrDefault(name, others);
  }

  /** The same for a name under which something was received. */
  MetersOfName inUse(String name) {
    var meters = names.get(name);
    if (meters == null && !name.equals(OTHER) && hasRoom()) {
      meters = names.computeIfAbsent(name, n -> new MetersOfName(registry, n, now()));
    }
    if (meters == null) {
      return others;
    }
    meters.used(now());
    return meters;
  }

  /** Tells whether one more name can be told apart, having forgotten those of long ago if not. */
  private synchronized boolean hasRoom() {
    var now = now();
    if (isFull() && now - lookedForRoom >= LOOK_FOR_ROOM_NANOS) {
      lookedForRoom = now;
      names.values().removeIf(meters -> isOld(meters, now));
    }
    return !isFull();
  }

  private boolean isFull() {
    return names.size() >= MAX_NAMES;
  }

  /** Takes its meters out of the registry if so. */
  private boolean isOld(MetersOfName meters, long now) {
    if (now - meters.used() <= IN_USE_NANOS) {
      return false;
    }
    meters.remove();
    return true;
  }

  private long now() {
    return registry.config().clock().monotonicTime();
  }
}
