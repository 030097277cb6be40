package dev.serverevents.bus;

import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The waits whose time runs. Those that end in the same millisecond share a Vert.x timer, since one
 * for each costs as much as all the rest of a wait. A wait's time is never over early, and at most
 * 2 ms late. Then it is asked whether something is on its way; a wait of which nobody knows that in
 * time is given up. Used on one context only.
 */
final class Timeouts {

  private static final long NS_PER_MS = 1_000_000;

  private final ContextInternal context;
  private final Consumer<PendingWait> over;
  private final Consumer<PendingWait> giveUp;
  private final Map<Long, Group> groups = new HashMap<>();
  private final Set<Group> settling = new HashSet<>();

  /**
   * Creates one.
   *
   * @param over called when the time of a wait is over
   * @param giveUp called when the wait is still there after the time for that to be settled
   */
  Timeouts(ContextInternal context, Consumer<PendingWait> over, Consumer<PendingWait> giveUp) {
    this.context = context;
    this.over = over;
    this.giveUp = giveUp;
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
    var all = new ArrayList<>(groups.values());
    all.addAll(settling);
    return Turns.forEach(context, all, group -> group.waits().forEach(action));
  }

  /** The waits that end in one millisecond, as a linked list. */
  final class Group {

    private final long ms;
    private final long timer;
    private @Nullable Patience patience;
    private @Nullable PendingWait first;
    private boolean isOver;

    private Group(Long ms) {
      this.ms = ms;
      // The end of the millisecond after the last deadline that rounds down to it
      var left = (ms + 1) * NS_PER_MS - System.nanoTime();
      timer = context.setTimer(Math.max(1, -Math.floorDiv(-left, NS_PER_MS)), t -> expire());
    }

    /** Whether the time is over of the waits in it. */
    boolean isOver() {
      return isOver;
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
        close();
      }
    }

    private void close() {
      groups.remove(ms, this);
      settling.remove(this);
      context.owner().cancelTimer(timer);
      if (patience != null) {
        patience.cancel();
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
      settling.add(this);
      isOver = true;
      Turns.forEach(context, waits(), this::settle).onComplete(asked -> await());
    }

    private void settle(PendingWait wait) {
      if (wait.group == this) {
        over.accept(wait);
      }
    }

    private void await() {
      if (first != null) {
        patience =
            Patience.of(
                context,
                Patience.answerMs(first.verticle().options()),
                () -> Turns.forEach(context, waits(), giveUp));
      }
    }
  }
}
