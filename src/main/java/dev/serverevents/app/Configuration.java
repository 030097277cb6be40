package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The runnable server's settings: a JSON file, in which the environment overrides single settings.
 *
 * @param embeddedRedis whether no Redis is configured, so that one is started
 * @param ofServices the variables that were passed over, since Kubernetes has set them
 */
record Configuration(
    ServerEventsOptions events,
    boolean embeddedRedis,
    HttpSettings http,
    Set<Role> roles,
    List<String> ofServices) {

  private static final String HTTP = "http";

  /**
   * Reads the settings of {@code file}, over which those of {@code variables} go.
   *
   * @throws InvalidInputException for a wrong one, and for what is none
   */
  static Configuration of(JsonObject file, Map<String, String> variables) {
    ServerSettings.ALL.check(file);
    var environment = Environment.of(variables);
    var json = ServerSettings.ALL.withEnvironment(file, environment.settings());
    var events = json.copy();
    events.remove(HTTP);
    events.remove(ServerSettings.ROLES.field());
    var embeddedRedis = Settings.object("redis", json.getValue("redis")).isEmpty();
    return new Configuration(
        new ServerEventsOptions(events),
        embeddedRedis,
        HttpSettings.of(Settings.object(HTTP, json.getValue(HTTP))),
        roles(json, embeddedRedis),
        environment.ofServices());
  }

  /** Tells whether it has a role. */
  boolean has(Role role) {
    return roles.contains(role);
  }

  /** Who starts it without any Redis wants to try it out. */
  private static Set<Role> roles(JsonObject json, boolean embeddedRedis) {
    var given = Values.of(ServerSettings.TOP, json).find(ServerSettings.ROLES);
    if (given == null) {
      return embeddedRedis ? EnumSet.allOf(Role.class) : EnumSet.of(Role.API);
    }
    if (given.isEmpty()) {
      throw new InvalidInputException("roles", given, "must not be empty");
    }
    var roles = EnumSet.copyOf(given);
    if (roles.contains(Role.DEMO) && !roles.contains(Role.API)) {
      throw new InvalidInputException("roles", "demo", "must be with \"api\", whose route it is");
    }
    return roles;
  }
}
