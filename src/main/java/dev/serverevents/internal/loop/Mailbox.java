package dev.serverevents.internal.loop;

import io.netty.channel.EventLoop;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.internal.ContextInternal;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A queue of items that one context handles in their order; any thread may add to it.
 *
 * <p>What is added while an event-loop turn runs is handled together, in one later turn. A turn
 * that has lasted 5 ms ends, and the rest is handled in the next one, so that however much is
 * queued, connections and timers are served in between.
 */
public final class Mailbox<T> {

  private static final long MAX_NS = TimeUnit.MILLISECONDS.toNanos(5);

  /** The clock is read only after as many items. */
  private static final int CLOCK_MASK = 0xf;

  /** From as many queued items on, whoever can should hold back; down to a quarter of it. */
  private static final int BEHIND = 4_096;

  private static final int CAUGHT_UP = BEHIND / 4;

  private final ContextInternal context;
  private final Function<T, @Nullable Work> handler;
  private final Queue<T> items = PlatformDependent.newMpscQueue();
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  /** How many items are added and not handled; whoever adds the first one schedules a turn. */
  private final AtomicInteger size = new AtomicInteger();

  /** The rest of the item that is being handled. */
  private @Nullable Work unfinished;

  // About the turn in which items are handled at once
  private boolean isTurn;
  private long turnBegan;
  private int steps;

  /**
   * Creates an empty one.
   *
   * @param handler handles an item on the context; it returns null when it has done so, or what is
   *     left to do before the next item
   */
  public Mailbox(ContextInternal context, Function<T, @Nullable Work> handler) {
    this.context = context;
    this.handler = handler;
  }

  /** The event loop that handles the items. */
  public EventLoop loop() {
    return context.nettyEventLoop();
  }

  /** Adds an item. */
  public void add(T item) {
    items.add(item);
    if (size.getAndIncrement() == 0) {
      context.runOnContext(turn -> drain());
    }
  }

  /**
   * Handles an item at once, on the context, if no other is queued and the event-loop turn is not
   * long yet; else adds it. To be called on the context's thread, on whichever context.
   */
  public void handleOrAdd(T item) {
    if (size.get() > 0 || !hasTime()) {
      add(item);
      return;
    }
    context.dispatch(item, this::handle);
    if (unfinished != null) {
      size.incrementAndGet();
      context.runOnContext(turn -> drain());
    }
  }

  private boolean hasTime() {
    if (!isTurn) {
      isTurn = true;
      turnBegan = System.nanoTime();
      steps = 0;
      context.runOnContext(end -> isTurn = false);
    }
    return (++steps & CLOCK_MASK) != 0 || System.nanoTime() - turnBegan < MAX_NS;
  }

  /** Tells whether so many items are queued that no more should be added than must be. */
  public boolean isBehind() {
    return size.get() > BEHIND;
  }

  /** Calls a handler, on the context, once most of what is queued now has been handled. */
  public void whenCaughtUp(Runnable handler) {
    held.add(handler);
    if (size.get() <= CAUGHT_UP) {
      context.runOnContext(turn -> tellCaughtUp());
    }
  }

  private void drain() {
    var began = System.nanoTime();
    var handled = 0;
    var steps = 0;
    while (true) {
      var item = unfinished == null ? items.poll() : null;
      if (item == null && unfinished == null) {
        break;
      }
      handle(item);
      handled += unfinished == null ? 1 : 0;
      if ((++steps & CLOCK_MASK) == 0 || unfinished != null) {
        if (System.nanoTime() - began > MAX_NS) {
          break;
        }
      }
    }
    var left = size.addAndGet(-handled);
    if (left <= CAUGHT_UP && !held.isEmpty()) {
      tellCaughtUp();
    }
    if (left > 0) {
      Turns.next(context, this::drain);
    }
  }

  /** Handles an item, or a part of the unfinished one. What that throws disturbs no other item. */
  private void handle(@Nullable T item) {
    try {
      if (item != null) {
        unfinished = handler.apply(item);
      } else if (unfinished != null && !unfinished.proceed()) {
        unfinished = null;
      }
    } catch (RuntimeException unexpected) {
      unfinished = null;
      context.reportException(unexpected);
    }
  }

  private void tellCaughtUp() {
    for (var next = held.poll(); next != null; next = held.poll()) {
      next.run();
    }
  }
}
