package dev.serverevents.internal.memory;

import dev.serverevents.internal.loop.Clock;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that expire. Used under the lock of the memory only. */
final class Keys {

  /** What a key has, and when it is forgotten, in ms of Unix time. */
  record Value(Buffer buffer, long expiresAt) {}

  private final Clock clock;
  private final Map<String, Value> values = new LinkedHashMap<>();

  Keys(Clock clock) {
    this.clock = clock;
  }

  void set(String key, Buffer buffer, long ms) {
    values.put(key, new Value(buffer, clock.currentTimeMillis() + ms));
  }

  @Nullable Value get(String key) {
    var value = values.get(key);
    return value == null || isOver(value) ? null : value;
  }

  /** What the keys that begin so have now. */
  Map<String, Buffer> all(String start) {
    purge();
    var all = new LinkedHashMap<String, Buffer>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(start)) {
            all.put(key, value.buffer);
          }
        });
    return all;
  }

  private void purge() {
    values.values().removeIf(this::isOver);
  }

  private boolean isOver(Value value) {
    return value.expiresAt <= clock.currentTimeMillis();
  }
}
