package dev.serverevents;

import io.vertx.core.json.JsonObject;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What became of a wait or a stream, and when. All times are in ms from its start, and null where
 * that did not happen or is not known.
 *
 * @param subscribed when Redis had confirmed its subscription
 * @param handedOver when its job was handed over
 * @param claimed when a worker claimed the job
 * @param claimedBy the id of that worker
 * @param progress when the last progress of the job came
 * @param lost when the worker was found to be gone
 */
public record Timeline(
    @Nullable Long subscribed,
    @Nullable Long handedOver,
    @Nullable Long claimed,
    @Nullable String claimedBy,
    @Nullable Long progress,
    @Nullable Long lost)
    implements Serializable {

  /** Nothing is known. */
  public static final Timeline UNKNOWN = new Timeline(null, null, null, null, null, null);

  /** Whether nothing is known. */
  public boolean isEmpty() {
    return equals(UNKNOWN);
  }

  /** The same as JSON, without what is not known. */
  public JsonObject toJson() {
    var json = new JsonObject();
    put(json, "subscribed", subscribed);
    put(json, "handedOver", handedOver);
    put(json, "claimed", claimed);
    put(json, "claimedBy", claimedBy);
    put(json, "progress", progress);
    put(json, "lost", lost);
    return json;
  }

  private static void put(JsonObject json, String field, @Nullable Object value) {
    if (value != null) {
      json.put(field, value);
    }
  }
}
