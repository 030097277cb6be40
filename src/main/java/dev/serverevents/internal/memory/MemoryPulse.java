package dev.serverevents.internal.memory;

import dev.serverevents.internal.loop.Clock;
import java.util.function.LongSupplier;

/**
 * When a heartbeat last went both ways: now, as long as all is well. No heartbeat is sent for that,
 * so that a clock that is moved by a day has no timers to fire meanwhile. Any thread may read it.
 */
final class MemoryPulse implements LongSupplier {

  private record State(boolean beats, long last) {}

  private final Clock clock;
  private volatile State state;

  MemoryPulse(Clock clock) {
    this.clock = clock;
    state = new State(false, clock.nanoTime());
  }

  /** Says whether heartbeats would go both ways from now on. */
  void beat(boolean beats) {
    state = new State(beats, getAsLong());
  }

  @Override
  public long getAsLong() {
    var now = state;
    return now.beats ? clock.nanoTime() : now.last;
  }
}
