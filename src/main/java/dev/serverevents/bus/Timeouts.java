package dev.serverevents.bus;

import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The waits whose time runs. Those that end in the same millisecond share a Vert.x timer, since one
 * for each costs as much as all the rest of a wait. A wait never ends early, and at most 2 ms late.
 * Used on one context only.
 */
final class Timeouts {

  private static final long NS_PER_MS = 1_000_000;

  private final ContextInternal context;
  private final Consumer<PendingWait> timedOut;
  private final Map<Long, Group> groups = new HashMap<>();

  Timeouts(ContextInternal context, Consumer<PendingWait> timedOut) {
    this.context = context;
    this.timedOut = timedOut;
  }

  /** Lets a wait's time run from when it was made. */
  void add(PendingWait wait) {
    var ms = Math.floorDiv(wait.since(), NS_PER_MS) + wait.timeout();
    groups.computeIfAbsent(ms, Group::new).add(wait);
  }

  /** Takes a wait away that has ended; tells whether it was there. */
  boolean remove(PendingWait wait) {
    var group = wait.group;
    if (group == null) {
      return false;
    }
    group.remove(wait);
    return true;
  }

  /** Does something with all waits as they are now, and completes after the last. */
  Future<Void> forEach(Consumer<PendingWait> action) {
    return Turns.forEach(context, groups.values(), group -> group.waits().forEach(action));
  }

  /** The waits that end in one millisecond, as a linked list. */
  final class Group {

    private final long ms;
    private final long timer;
    private @Nullable PendingWait first;

    private Group(Long ms) {
      this.ms = ms;
      // The end of the millisecond after the last deadline that rounds down to it
      var left = (ms + 1) * NS_PER_MS - System.nanoTime();
      timer = context.setTimer(Math.max(1, -Math.floorDiv(-left, NS_PER_MS)), t -> expire());
    }

    private void add(PendingWait wait) {
      wait.group = this;
      wait.next = first;
      if (first != null) {
        first.previous = wait;
      }
      first = wait;
    }

    private void remove(PendingWait wait) {
      if (wait.previous == null) {
        first = wait.next;
      } else {
        wait.previous.next = wait.next;
      }
      if (wait.next != null) {
        wait.next.previous = wait.previous;
      }
      wait.group = null;
      wait.previous = null;
      wait.next = null;
      if (first == null) {
        groups.remove(ms, this);
        context.owner().cancelTimer(timer);
      }
    }

    private List<PendingWait> waits() {
      var waits = new ArrayList<PendingWait>();
      for (var wait = first; wait != null; wait = wait.next) {
        waits.add(wait);
      }
      return waits;
    }

    /** Whoever comes too late to be among these gets a group of its own. */
    private void expire() {
      groups.remove(ms, this);
      Turns.forEach(context, waits(), timedOut);
    }
  }
}
