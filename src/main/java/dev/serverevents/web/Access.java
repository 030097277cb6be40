package dev.serverevents.web;

import io.vertx.ext.auth.User;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may wait for which events, who may emit them, and who may read the metrics; called on
 * the event loop.
 */
@FunctionalInterface
public interface Access {

  /** What a user wants to do. Waiting and emitting are about the events of one name. */
  enum Action {
    /** To wait for them, or to stream them. */
    WAIT("wait for"),
    /** To emit them, their failures or their progress. */
    EMIT("emit"),
    /** To read the metrics, in which the names of all events are. */
    METRICS("read the metrics"),
    /** To see how all servers are, and what happened to every event, in detail. */
    CONSOLE("use the console"),
    /** To see the arguments of events where they are explained. */
    PAYLOADS("see arguments"),
    /** To cancel what others wait for. */
    CANCEL("cancel waits");

    private final String verb;

    Action(String verb) {
      this.verb = verb;
    }

    String verb() {
      return verb;
    }
  }

  /** Permits all to everybody. */
  Access ANYBODY = (user, action, name) -> true;

  /**
   * Tells whether a user may do something.
   *
   * @param user as the authentication handler left it, or null
   * @param name the events' name; empty for {@link Action#METRICS} and those after it
   */
  boolean permits(@Nullable User user, Action action, String name);
}
