package dev.serverevents.app.conformance;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What an adapter told by itself, and nobody has taken yet. Any thread may use it. */
final class Events {

  private final List<JsonObject> all = new ArrayList<>();
  private @Nullable String ended;

  synchronized void add(JsonObject event) {
    all.add(event);
    notifyAll();
  }

  synchronized void end(String why) {
    ended = why;
    notifyAll();
  }

  /** Takes the first event of a kind; there must be one in time. */
  JsonObject await(String kind, Predicate<JsonObject> which, String what, long ms) {
    var event = take(kind, which, ms);
    if (event == null) {
      throw new FailedException("an event of the adapter", what, all());
    }
    return event;
  }

  private synchronized String all() {
    return ended == null ? "no such one; others are " + all : ended;
  }

  /** Takes the first event of a kind; null if there is none in time. */
  synchronized @Nullable JsonObject take(String kind, Predicate<JsonObject> which, long ms) {
    var end = System.nanoTime() + ms * 1_000_000;
    while (true) {
      for (var event : all) {
        if (kind.equals(event.getValue("event")) && which.test(event)) {
          all.remove(event);
          return event;
        }
      }
      var left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0 || ended != null) {
        return null;
      }
      try {
        wait(left);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }
}
