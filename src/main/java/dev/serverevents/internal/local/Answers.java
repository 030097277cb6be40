package dev.serverevents.internal.local;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What servers have answered to a question.
 *
 * @param all what each says, that of the asking server first
 * @param missing how many servers have not answered in time
 */
public record Answers(List<JsonObject> all, int missing) {}
