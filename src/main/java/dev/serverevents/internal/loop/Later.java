package dev.serverevents.internal.loop;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** Does something in a moment, for example what a cluster could not do yet. Used on one context. */
public final class Later {

  /** So long a moment is, in ms. */
  public static final long MS = 50;

  private final Vertx vertx;
  private List<Runnable> actions = new ArrayList<>();
  private long timer = -1;

  /** Has nothing to do yet. */
  public Later(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Does something in a moment. */
  public void add(Runnable action) {
    if (actions.isEmpty()) {
      timer = vertx.setTimer(MS, id -> run());
    }
    actions.add(action);
  }

  /** Does nothing of what it was given. */
  public void cancel() {
    vertx.cancelTimer(timer);
  }

  private void run() {
    var now = actions;
    actions = new ArrayList<>();
    now.forEach(Runnable::run);
  }
}
