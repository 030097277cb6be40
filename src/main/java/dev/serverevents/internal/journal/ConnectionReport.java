package dev.serverevents.internal.journal;

import io.vertx.core.json.JsonObject;

/**
 * A connection to Redis, as an overview has it.
 *
 * @param node where it goes to, as host and port
 * @param role what it is for: {@code publisher} or {@code subscriber}
 * @param connected whether it is up
 * @param slots how many slots of a cluster its node serves, or 0
 */
public record ConnectionReport(String node, String role, boolean connected, int slots) {

  /** The role of a connection that publishes. */
  public static final String PUBLISHER = "publisher";

  /** The role of a connection that subscribes. */
  public static final String SUBSCRIBER = "subscriber";

  /** The same as JSON. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("node", node)
        .put("role", role)
        .put("connected", connected)
        .put("slots", slots);
  }
}
