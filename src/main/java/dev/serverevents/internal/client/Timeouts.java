package dev.serverevents.internal.client;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.Patience;
import dev.serverevents.internal.loop.Turns;
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
 * The waits whose time runs. Those that end in the same millisecond share a Vert.x timer, since a
 * timer for each costs as much as all the rest of a wait. A wait's time is never over early, and at
 * most 2 ms late. Then the wait has to be settled; if that takes too long, the wait is given up.
 * Used on one context only.
 *
 * @param <W> the waits
 */
final class Timeouts<W extends Timeouts.Timed<W>> {

  /**
   * A wait whose time runs. It has the links to its neighbours in the list of its group.
   *
   * @param <W> its own class
   */
  abstract static class Timed<W extends Timed<W>> {

    Timeouts<W>.@Nullable Group group;
    @Nullable W previous;
    @Nullable W next;

    /** When the wait was made, by the clock, in ns. */
    abstract long since();

    /** How long the wait lasts, in ms. */
    abstract long timeout();

    /** The settings of the verticle that settles the wait. */
    abstract ServerEventsOptions settings();

    /** Whether the wait has begun and has not ended. */
    final boolean isRunning() {
      return group != null;
    }

    /** Whether the wait has not ended though its time is over. */
    final boolean isOver() {
      return group != null && group.isOver;
    }
  }

  private static final long NS_PER_MS = 1_000_000;

  private final ContextInternal context;
  private final Clock clock;
  private final Consumer<W> over;
  private final Consumer<W> giveUp;
  private final Map<Long, Group> groups = new HashMap<>();
  private final Set<Group> settling = new HashSet<>();

  /**
   * Creates an instance for the waits of a context.
   *
   * @param over called when the time of a wait is over
   * @param giveUp called when the wait is not settled in time
   */
  Timeouts(ContextInternal context, Consumer<W> over, Consumer<W> giveUp) {
    this.context = context;
    clock = Clocks.of(context.owner());
    this.over = over;
    this.giveUp = giveUp;
  }

  /** Lets a wait's time run from when it was made. */
  void add(W wait) {
    var ms = Math.floorDiv(wait.since(), NS_PER_MS) + wait.timeout();
    groups.computeIfAbsent(ms, Group::new).add(wait);
  }

  /** Takes a wait away that ends, and tells whether its time was running. */
  boolean remove(W wait) {
    var group = wait.group;
    if (group == null) {
      return false;
    }
    group.remove(wait);
    return true;
  }

  /** Does something with all waits that there are now, and completes after the last. */
  Future<Void> forEach(Consumer<W> action) {
    var all = new ArrayList<>(groups.values());
    all.addAll(settling);
    return Turns.forEach(context, all, group -> group.waits().forEach(action));
  }

  /** The waits that end in one millisecond, as a linked list. */
  final class Group {

    private final long ms;
    private final long timer;
    private @Nullable Patience patience;
    private @Nullable W first;

    /** Whether the time of its waits is over. */
    private boolean isOver;

    private Group(Long ms) {
      this.ms = ms;
      // The end of the millisecond after the last deadline that rounds down to it
      var left = (ms + 1) * NS_PER_MS - clock.nanoTime();
      timer = clock.setTimer(context, Math.max(1, -Math.floorDiv(-left, NS_PER_MS)), t -> expire());
    }

    private void add(W wait) {
      wait.group = this;
      wait.next = first;
      if (first != null) {
        first.previous = wait;
      }
      first = wait;
    }

    private void remove(W wait) {
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
      clock.cancel(timer);
      if (patience != null) {
        patience.cancel();
      }
    }

    private List<W> waits() {
      var waits = new ArrayList<W>();
      for (var wait = first; wait != null; wait = wait.next) {
        waits.add(wait);
      }
      return waits;
    }

    /** A wait that is added later gets another group. */
    private void expire() {
      groups.remove(ms, this);
      settling.add(this);
      isOver = true;
      Turns.forEach(context, waits(), this::settle).onComplete(asked -> await());
    }

    private void settle(W wait) {
      if (wait.group == this) {
        over.accept(wait);
      }
    }

    private void await() {
      if (first != null) {
        patience =
            Patience.of(
                context,
                Patience.answerMs(first.settings()),
                () -> Turns.forEach(context, waits(), giveUp));
      }
    }
  }
}
