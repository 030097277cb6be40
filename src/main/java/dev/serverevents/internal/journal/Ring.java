package dev.serverevents.internal.journal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last so many entries. Its room is there from the beginning, and any thread may add to it.
 *
 * @param <T> the entries
 */
final class Ring<T> {

  private final AtomicReferenceArray<@Nullable T> entries;
  private final AtomicLong added = new AtomicLong();

  /** Creates an empty one with room for so many, at least one. */
  Ring(int size) {
    entries = new AtomicReferenceArray<>(size);
  }

  /** Adds an entry, in the place of the oldest one where all room is taken. */
  void add(T entry) {
    entries.setRelease((int) (added.getAndIncrement() % entries.length()), entry);
  }

  /** Gives all entries, the oldest first. */
  void forEach(Consumer<T> to) {
    var size = entries.length();
    var next = added.get();
    for (var i = Math.max(0, next - size); i < next; i++) {
      var entry = entries.getAcquire((int) (i % size));
      if (entry != null) {
        to.accept(entry);
      }
    }
  }
}
