package dev.serverevents.app.cli;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Fields;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a command does what it does: on Redis, or at a server. What a Future fails with has its
 * cause, on both alike.
 */
interface Endpoint {

  /** Waits for an event. */
  Future<EventArgs> on(EventId event, WaitOptions options);

  /** Waits for the first event of several ids: {@code {"id","args"}}. */
  Future<JsonObject> onAny(String name, List<String> ids, WaitOptions options);

  /** Waits for some events of several ids. */
  Future<Several> onAll(String name, List<String> ids, int min, WaitOptions options);

  /** Listens to progress and event of a job. */
  Events stream(EventId event, StreamOptions options);

  /** Emits an event, and tells how many connections received it. */
  Future<Integer> emit(EventId event, EmitOptions options, EventArgs args);

  /** Emits a failure. */
  Future<Integer> fail(EventId event, EmitOptions options, Failed failed);

  /** Emits progress. */
  Future<Integer> progress(EventId event, EventArgs args);

  /** Tells how all servers are, as {@link dev.serverevents.SystemOverview} is in JSON. */
  Future<JsonObject> overview();

  /** Tells what happened to an event, as {@link dev.serverevents.Explanation} is in JSON. */
  Future<JsonObject> explain(EventId event);

  /**
   * The library on Redis, for what no server does for its clients.
   *
   * @throws dev.serverevents.InvalidInputException if this is no Redis
   */
  Library library();

  /**
   * What became of several waits.
   *
   * @param results {@code {"results","failures","missing"}}
   * @param failure why there are fewer results than are needed, or null
   */
  record Several(JsonObject results, @Nullable Throwable failure) {}

  /** What a worker says of a job that failed. */
  record Failed(int code, String message, @Nullable Object detail) {

    /** Checks its parts, as every way in does; throws an InvalidInputException. */
    public Failed {
      Fields.integer("--code", code, 0, Integer.MAX_VALUE);
      Fields.string("MESSAGE", message);
    }
  }
}
