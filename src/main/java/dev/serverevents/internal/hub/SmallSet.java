package dev.serverevents.internal.hub;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Sets, in the order in which their elements came, that cost little while they have one element, as
 * nearly all do. Whoever has such a set goes on with the one that a change returns.
 */
final class SmallSet {

  private SmallSet() {}

  /** The set with one more element. */
  static <T> Set<T> with(Set<T> set, T added) {
    if (set.isEmpty()) {
      return Set.of(added);
    }
    var many = set.size() == 1 ? new LinkedHashSet<>(set) : set;
    many.add(added);
    return many;
  }

  /** The set without one element. */
  static <T> Set<T> without(Set<T> set, T removed) {
    if (!set.contains(removed)) {
      return set;
    }
    if (set.size() == 1) {
      return Set.of();
    }
    set.remove(removed);
    return set.size() == 1 ? Set.copyOf(set) : set;
  }

  /** The set without the elements of a kind. */
  static <T> Set<T> withoutAll(Set<T> set, Predicate<T> removed) {
    if (set.size() > 1) {
      set.removeIf(removed);
      return set.size() > 1 ? set : Set.copyOf(set);
    }
    return set.stream().anyMatch(removed) ? Set.of() : set;
  }
}
