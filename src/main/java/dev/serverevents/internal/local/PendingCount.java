package dev.serverevents.internal.local;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** How many waits and streams are pending in one verticle; any thread counts them. */
public final class PendingCount {

  private final int max;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicReference<@Nullable Runnable> whenNone = new AtomicReference<>();

  /** Creates a count that goes up to {@code max}. */
  public PendingCount(int max) {
    this.max = max;
  }

  /** Counts one more unless there are too many, and tells whether it did. */
  public boolean enter() {
    if (count.incrementAndGet() <= max) {
      return true;
    }
    leave();
    return false;
  }

  /** Counts one more, however many there are. */
  public void hold() {
    count.incrementAndGet();
  }

  /** How many there are. */
  public int count() {
    return count.get();
  }

  /** Counts one less. */
  public void leave() {
    if (count.decrementAndGet() == 0) {
      tellIfNone();
    }
  }

  /** Calls a handler once, on any thread, as soon as no wait or stream is pending. */
  public void whenNone(Runnable handler) {
    whenNone.set(handler);
    if (count.get() == 0) {
      tellIfNone();
    }
  }

  private void tellIfNone() {
    var handler = whenNone.getAndSet(null);
    if (handler != null) {
      handler.run();
    }
  }
}
