package dev.serverevents.testkit;

import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.lang.Thread.State;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The only event loop of a Vert.x, and when it has nothing to do. Any thread may use it. */
final class QuietLoop {

  /** What is scheduled for now gets into the queue of the loop one round later. */
  private static final int ROUNDS = 2;

  private final SingleThreadEventExecutor loop;
  private final Deque<Runnable> first = new ArrayDeque<>();
  private final Deque<Runnable> actions = new ArrayDeque<>();
  private BooleanSupplier finder = () -> false;
  private boolean isLooking;
  private int quietRounds;
  private volatile Thread caller = Thread.currentThread();

  /** Takes the event loop of a Vert.x that has no other. */
  QuietLoop(Vertx vertx) {
    loop =
        (SingleThreadEventExecutor) ((VertxInternal) vertx).nettyEventLoopGroup().iterator().next();
  }

  /**
   * Has something find what there is to do when the loop is quiet, before the actions of {@link
   * #whenQuiet}; it tells whether it has begun anything.
   */
  void setFinder(BooleanSupplier finder) {
    loop.execute(() -> this.finder = finder);
  }

  /** Whether the caller is on the loop. */
  boolean isHere() {
    return loop.inEventLoop();
  }

  /** Whether the thread waits that called {@link #whenQuiet} last from elsewhere. */
  boolean isCallerWaiting() {
    return Set.of(State.WAITING, State.TIMED_WAITING, State.TERMINATED).contains(caller.getState());
  }

  /** Runs an action on the loop once nothing else is queued there, and nothing is due. */
  void whenQuiet(Runnable action) {
    if (!isHere()) {
      caller = Thread.currentThread();
    }
    loop.execute(() -> add(actions, action));
  }

  /** The same, before all of those; nobody finds anything to do for it. */
  void firstWhenQuiet(Runnable action) {
    loop.execute(() -> add(first, action));
  }

  private void add(Deque<Runnable> to, Runnable action) {
    to.add(action);
    if (!isLooking) {
      isLooking = true;
      lookSoon();
    }
  }

  private void lookSoon() {
    quietRounds = 0;
    look();
  }

  private void look() {
    var unused = loop.schedule(this::isItQuiet, 0, TimeUnit.NANOSECONDS);
  }

  private void isItQuiet() {
    quietRounds = loop.pendingTasks() == 0 ? quietRounds + 1 : 0;
    if (quietRounds < ROUNDS) {
      look();
      return;
    }
    try {
      act();
    } finally {
      isLooking = !(first.isEmpty() && actions.isEmpty());
      if (isLooking) {
        lookSoon();
      }
    }
  }

  private void act() {
    if (!first.isEmpty()) {
      first.remove().run();
    } else if (!finder.getAsBoolean()) {
      actions.remove().run();
    }
  }
}
