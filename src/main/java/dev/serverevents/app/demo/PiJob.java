package dev.serverevents.app.demo;

import dev.serverevents.internal.Fields;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What the API servers put on the workers' list.
 *
 * @param id the id of the event that carries the result
 * @param digits how many digits of pi, from 1 to {@value #MAX_DIGITS}
 */
record PiJob(String id, int digits) {

  /** The name of the events that carry results. */
  static final String EVENT = "demo pi";

  /** The Redis list on which jobs wait for a worker. */
  static final String LIST = "server-events:demo:pi";

  static final int MAX_DIGITS = 10_000;

  static int digits(@Nullable Object value) {
    return (int) Fields.integer("digits", value, 1, MAX_DIGITS);
  }

  static PiJob parse(String json) {
    var job = new JsonObject(json);
    return new PiJob(Fields.string("id", job.getValue("id")), digits(job.getValue("digits")));
  }

  String encode() {
    return new JsonObject().put("id", id).put("digits", digits).encode();
  }
}
