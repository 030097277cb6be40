package dev.serverevents.internal.memory;

import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One direction of a connection: what is sent arrives on one context, in its order, after the time
 * that it takes, and never in the turn in which it was sent. Any thread may send.
 */
public final class Lane {

  private record Step(long due, Runnable arrival) {}

  private final ContextInternal context;
  private final Clock clock;
  private final Deque<Step> steps = new ArrayDeque<>();
  private long last;

  /** Whether a turn is on its way. */
  private boolean isTurn;

  /** A timer for the first step, or -1; used on the context only. */
  private long timer = -1;

  /** An empty one. */
  public Lane(Context context, Clock clock) {
    this.context = (ContextInternal) context;
    this.clock = clock;
    last = clock.nanoTime();
  }

  /** Has something arrive after so many ms, and after all that was sent before. */
  public synchronized void send(long ms, Runnable arrival) {
    var due = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    last = due - last < 0 ? last : due;
    steps.add(new Step(last, arrival));
    if (steps.size() == 1) {
      wake();
    }
  }

  /** Loses what needs more time to arrive. */
  synchronized void cut() {
    var now = clock.nanoTime();
    steps.removeIf(step -> step.due - now > 0);
    last = now;
  }

  private void wake() {
    if (!isTurn) {
      isTurn = true;
      context.runOnContext(turn -> arrive());
    }
  }

  private void arrive() {
    for (var arrival : takeDue()) {
      try {
        arrival.run();
      } catch (RuntimeException unexpected) {
        context.reportException(unexpected);
      }
    }
    awaitNext();
  }

  private synchronized List<Runnable> takeDue() {
    isTurn = false;
    var now = clock.nanoTime();
    var due = new ArrayList<Runnable>();
    while (!steps.isEmpty() && steps.element().due - now <= 0) {
      due.add(steps.remove().arrival);
    }
    return due;
  }

  private void awaitNext() {
    clock.cancel(timer);
    timer = -1;
    var ns = nsToNext();
    if (ns > 0) {
      var ms = TimeUnit.NANOSECONDS.toMillis(ns + 999_999);
      timer =
          clock.setTimer(
              context,
              ms,
              id -> {
                timer = -1;
                arrive();
              });
    }
  }

  /** How long the next step still takes; 0 where there is none, or its turn is on its way. */
  private synchronized long nsToNext() {
    if (steps.isEmpty()) {
      return 0;
    }
    var ns = steps.element().due - clock.nanoTime();
    if (ns <= 0) {
      wake();
    }
    return Math.max(0, ns);
  }
}
