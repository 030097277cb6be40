package dev.serverevents.internal.json;

import dev.serverevents.Cause;
import dev.serverevents.EventWaits;
import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Fields;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON message waits for: the event of its {@code id}, the first of several ids, {@code
 * "any":[ids]}, or several, {@code "all":[ids],"min"?}.
 */
public final class JsonWait {

  /**
   * A wait that has begun.
   *
   * @param reply what came of it
   * @param cancel ends it, and says why
   */
  public record Begun<R>(Future<R> reply, Consumer<Cause> cancel) {}

  private static final String ANY = "any";
  private static final String ALL = "all";
  private static final String MIN = "min";

  private final JsonObject message;

  /** The field that has several ids, or null where there is one {@code id}. */
  private final @Nullable String field;

  private JsonWait(JsonObject message) {
    this.message = message;
    if (message.getValue(ALL) != null) {
      field = ALL;
      refuse(ANY, "must not be with all");
    } else {
      field = message.getValue(ANY) == null ? null : ANY;
      refuse(MIN, "must be with all");
    }
    if (field != null) {
      for (var other : new String[] {"id", "handOver", "direct", "watchWorker", "stalledAfter"}) {
        refuse(other, "must not be with " + field);
      }
      var ids = Fields.array(field, message.getValue(field));
      if (ids.isEmpty() || ids.size() > LimitsOptions.MAX_IDS) {
        throw new InvalidInputException(
            field, ids, "must be 1 to %d ids".formatted(LimitsOptions.MAX_IDS));
      }
    }
  }

  /**
   * Reads a message.
   *
   * @throws InvalidInputException if it has fields that do not go together
   */
  public static JsonWait of(JsonObject message) {
    return new JsonWait(message);
  }

  private void refuse(String name, String rule) {
    var value = message.getValue(name);
    if (value != null) {
      throw new InvalidInputException(name, value, rule);
    }
  }

  /** Tells whether it is for several ids. */
  boolean isSeveral() {
    return field != null;
  }

  /** How many waits it needs, at most. */
  public int count() {
    return field == null ? 1 : ids(field).size();
  }

  private List<?> ids(String field) {
    return message.getJsonArray(field).getList();
  }

  /** Begins it; bad input fails the reply, or throws an {@link InvalidInputException}. */
  public <R> Begun<R> begin(ServerEvents events, WaitOptions options, WaitReplies<R> replies) {
    var name = message.getValue("name");
    if (field == null) {
      var one = events.listen(name, message.getValue("id"), options);
      return new Begun<>(one.future().map(replies::one), one::cancel);
    }
    var ids = ids(field);
    if (field.equals(ANY)) {
      return begun(events.listenAny(name, ids, options), replies::first);
    }
    var min = message.getValue(MIN);
    return begun(
        min == null
            ? events.listenAll(name, ids, options)
            : events.listenAll(name, ids, (int) Fields.integer(MIN, min, 1, ids.size()), options),
        replies::several);
  }

  private static <T, R> Begun<R> begun(EventWaits<T> waits, Function<T, R> reply) {
    return new Begun<>(waits.future().map(reply), waits::cancel);
  }
}
