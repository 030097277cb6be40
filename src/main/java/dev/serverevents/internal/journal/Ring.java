package dev.serverevents.internal.journal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last so many entries. Its room is there from the beginning, and any thread may add to it. It
 * is the next power of two, since a division takes as long as all the rest of adding one.
 *
 * @param <T> the entries
 */
final class Ring<T> {

  private final int size;
  private final int mask;
  private final AtomicReferenceArray<@Nullable T> entries;
  private final AtomicLong added = new AtomicLong();

  /** Creates an empty one for so many, from 1 to 2^30. */
  Ring(int size) {
    this.size = size;
    mask = Integer.highestOneBit(2 * size - 1) - 1;
    entries = new AtomicReferenceArray<>(mask + 1);
  }

  /** Adds an entry, in the place of the oldest one where all room is taken. */
  void add(T entry) {
    entries.setRelease((int) added.getAndIncrement() & mask, entry);
  }

  /** Gives all entries, the oldest first. */
  void forEach(Consumer<T> to) {
    var next = added.get();
    for (var i = Math.max(0, next - size); i < next; i++) {
      var entry = entries.getAcquire((int) i & mask);
      if (entry != null) {
        to.accept(entry);
      }
    }
  }
}
