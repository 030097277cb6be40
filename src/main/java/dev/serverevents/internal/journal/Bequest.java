package dev.serverevents.internal.journal;

import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.json.JsonObject;

/**
 * A step that happened on a server which is gone, as that server told it at its end.
 *
 * @param key the event that it happened to
 * @param step the step, as it goes over Redis
 */
public record Bequest(EventKey key, JsonObject step) implements Entry {}
