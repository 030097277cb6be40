package dev.serverevents.internal.insight;

import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.json.JsonObject;

/** What a server asks all servers. */
public sealed interface Question {

  /** What is pending, and how is everything? */
  record Overview() implements Question {
    @Override
    public JsonObject toJson() {
      return new JsonObject().put(ASK, OVERVIEW);
    }
  }

  /** What happened to an event? */
  record Explain(EventKey key) implements Question {
    @Override
    public JsonObject toJson() {
      return about(EXPLAIN, key);
    }
  }

  /** End all that waits for an event. */
  record Cancel(EventKey key) implements Question {
    @Override
    public JsonObject toJson() {
      return about(CANCEL, key);
    }
  }

  String ASK = "ask";
  String OVERVIEW = "overview";
  String EXPLAIN = "explain";
  String CANCEL = "cancel";

  /** The same as it goes over Redis. */
  JsonObject toJson();

  private static JsonObject about(String ask, EventKey key) {
    return new JsonObject().put(ASK, ask).put("name", key.name()).put("id", key.id());
  }

  /** Reads one; throws a RuntimeException if it is none that is known here. */
  static Question of(JsonObject json) {
    return switch (json.getString(ASK)) {
      case OVERVIEW -> new Overview();
      case EXPLAIN -> new Explain(new EventKey(json.getString("name"), json.getString("id")));
      case CANCEL -> new Cancel(new EventKey(json.getString("name"), json.getString("id")));
      default -> throw new IllegalArgumentException("it asks for something else");
    };
  }
}
