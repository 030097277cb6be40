package dev.serverevents.testkit;

import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The only event loop of a Vert.x, and when it has nothing to do. Any thread may use it. */
final class QuietLoop {

  /** What is scheduled for now gets into the queue of the loop one round later. */
  private static final int ROUNDS = 2;

  /** What finds things to do when the loop is quiet. */
  interface Finder {

    /** There may be some of which it was not told. */
    void lookAnew();

    /** Begins those that there are; false if there are none. */
    boolean find();
  }

  private final SingleThreadEventExecutor loop;
  private final Deque<Runnable> first = new ArrayDeque<>();
  private final Deque<Runnable> actions = new ArrayDeque<>();
  private @Nullable Finder finder;
  private boolean isLooking;
  private int quietRounds;

  /** Takes the event loop of a Vert.x that has no other. */
  QuietLoop(Vertx vertx) {
    loop =
        (SingleThreadEventExecutor) ((VertxInternal) vertx).nettyEventLoopGroup().iterator().next();
  }

  /** Has something asked what there is to do, before the actions of {@link #whenQuiet}. */
  void setFinder(Finder finder) {
    loop.execute(() -> this.finder = finder);
  }

  /** Whether the caller is on the loop. */
  boolean isHere() {
    return loop.inEventLoop();
  }

  /** Runs an action on the loop once nothing else is queued there, and nothing is due. */
  void whenQuiet(Runnable action) {
    loop.execute(() -> add(actions, action));
  }

  /** The same, for a call of the test. */
  void whenQuietAnew(Runnable action) {
    loop.execute(
        () -> {
          if (finder != null) {
            finder.lookAnew();
          }
          add(actions, action);
        });
  }

  /** Runs an action once the loop is quiet, before all others. */
  void firstWhenQuiet(Runnable action) {
    loop.execute(() -> add(first, action));
  }

  /** Has the {@link Finder} asked once the loop is quiet. */
  void findSoon() {
    whenQuiet(() -> {});
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
    } else if (finder == null || !finder.find()) {
      actions.remove().run();
    }
  }
}
