package dev.serverevents.redis;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * Does again, in a moment, what a cluster could not do yet. Used on the verticle's context only.
 */
final class Later {

  /** So long a moment is, in ms. */
  static final long MS = 50;

  private final Vertx vertx;
  private List<Runnable> actions = new ArrayList<>();
  private long timer = -1;

  Later(Vertx vertx) {
    this.vertx = vertx;
  }

  void add(Runnable action) {
    if (actions.isEmpty()) {
      timer = vertx.setTimer(MS, id -> run());
    }
    actions.add(action);
  }

  void cancel() {
    vertx.cancelTimer(timer);
  }

  private void run() {
    var now = actions;
    actions = new ArrayList<>();
    now.forEach(Runnable::run);
  }
}
