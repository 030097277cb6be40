package dev.serverevents.testkit;

import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** The only event loop of a Vert.x, and when it has nothing to do. Any thread may use it. */
final class QuietLoop {

  /** What is scheduled for now gets into the queue of the loop one round later. */
  private static final int ROUNDS = 2;

  private final SingleThreadEventExecutor loop;
  private final Deque<Runnable> actions = new ArrayDeque<>();
  private int quietRounds;

  /** Takes the event loop of a Vert.x that has no other. */
  QuietLoop(Vertx vertx) {
    loop =
        (SingleThreadEventExecutor) ((VertxInternal) vertx).nettyEventLoopGroup().iterator().next();
  }

  /** Whether the caller is on the loop. */
  boolean isHere() {
    return loop.inEventLoop();
  }

  /** Runs an action on the loop once nothing else is queued there, and nothing is due. */
  void whenQuiet(Runnable action) {
    loop.execute(() -> add(() -> actions.addLast(action)));
  }

  /** The same, before those that were to run then. */
  void firstWhenQuiet(Runnable action) {
    loop.execute(() -> add(() -> actions.addFirst(action)));
  }

  private void add(Runnable adding) {
    var isLooking = !actions.isEmpty();
    adding.run();
    if (!isLooking) {
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
      actions.remove().run();
    } finally {
      if (!actions.isEmpty()) {
        lookSoon();
      }
    }
  }
}
