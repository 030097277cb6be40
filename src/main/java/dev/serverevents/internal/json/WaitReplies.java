package dev.serverevents.internal.json;

import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventResults;
import dev.serverevents.FirstEvent;
import dev.serverevents.ServerEventsException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * How what came of a wait is written as JSON: an array of arguments, {@code {"id","args"}} for the
 * first of several, {@code {"results","failures","missing"}} for several.
 *
 * @param <R> what is written
 */
public interface WaitReplies<R> {

  /** The arguments of the one event. */
  R one(EventArgs args);

  /** The first event of several. */
  R first(FirstEvent first);

  /** What became of several. */
  R several(EventResults results);

  /**
   * All of several but the arguments: {@code {"failures","missing"}}.
   *
   * @param words what is told of a failure
   */
  static JsonObject others(EventResults results, Function<ServerEventsException, String> words) {
    var failures = new JsonObject();
    results
        .failures()
        .forEach(
            (id, cause) -> {
              var failure =
                  new JsonObject()
                      .put("status", cause.status())
                      .put("cause", cause.cause().word())
                      .put("message", words.apply(cause));
              if (cause instanceof EventFailureException job) {
                failure.put("code", job.code()).put("detail", job.detail());
              }
              failures.put(id, failure);
            });
    return new JsonObject()
        .put("failures", failures)
        .put("missing", new JsonArray(results.missing()));
  }
}
