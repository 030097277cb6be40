package dev.serverevents.internal.journal;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A limit of one server, as an overview has it.
 *
 * @param setting the path of the setting
 * @param used how much is used
 * @param limit how much may be
 * @param client the client that uses it, or null where all use it together
 */
public record LimitReport(String setting, long used, long limit, @Nullable String client) {

  /** The part that is used. */
  public double part() {
    return (double) used / Math.max(1, limit);
  }

  /** The same as JSON. */
  public JsonObject toJson() {
    var json = new JsonObject().put("setting", setting).put("used", used).put("limit", limit);
    return client == null ? json : json.put("client", client);
  }
}
