package dev.serverevents.app;

import dev.serverevents.internal.settings.Section;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import io.vertx.core.json.JsonObject;

/**
 * How many connections the runnable server takes.
 *
 * @param perClient how many from one address
 * @param idlePerClient how many of these without a request that is under way
 */
record ConnectionLimits(long total, long perClient, long idlePerClient) {

  /** Reads those of the section http. */
  static ConnectionLimits of(JsonObject http) {
    var perClient = values(ServerSettings.PER_CLIENT, "perClient", http);
    return new ConnectionLimits(
        values(ServerSettings.TOTAL, "total", http).get(ServerSettings.CONNECTIONS),
        perClient.get(ServerSettings.CONNECTIONS_PER_CLIENT),
        perClient.get(ServerSettings.IDLE_CONNECTIONS_PER_CLIENT));
  }

  private static Values values(Section section, String field, JsonObject http) {
    return Values.of(section, Settings.object(section.name(), http.getValue(field)));
  }
}
