package dev.serverevents.web;

import io.vertx.ext.auth.User;
import org.jspecify.annotations.Nullable;

/** Decides who may wait for which events, and who may emit them; called on the event loop. */
@FunctionalInterface
public interface Access {

  /** What somebody wants to do with the events of a name. */
  enum Action {
    /** To wait for them, or to stream them. */
    WAIT("wait for"),
    /** To emit them, their failures or their progress. */
    EMIT("emit");

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
   * Tells whether a user may do it.
   *
   * @param user as the authentication handler left it, or null
   */
  boolean permits(@Nullable User user, Action action, String name);
}
