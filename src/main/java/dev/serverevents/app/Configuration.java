package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    var environment = Environment.of(variables);
    var json = json(file, environment);
    var embeddedRedis = Settings.object("redis", json.getValue("redis")).isEmpty();
    return new Configuration(
        new ServerEventsOptions(events(json)),
        embeddedRedis,
        HttpSettings.of(Settings.object(HTTP, json.getValue(HTTP))),
        roles(json, embeddedRedis),
        environment.ofServices());
  }

  /**
   * Reads no more than what says how to reach Redis and to use it; as {@link #of} otherwise.
   *
   * @param conf the file, or null for none
   */
  static ServerEventsOptions events(@Nullable Path conf, Map<String, String> variables) {
    var file = conf == null ? new JsonObject() : ConfFile.read(conf);
    return new ServerEventsOptions(events(json(file, Environment.of(variables))));
  }

  private static JsonObject json(JsonObject file, Environment environment) {
    ServerSettings.ALL.check(file);
    return ServerSettings.ALL.withEnvironment(file, environment.settings());
  }

  private static JsonObject events(JsonObject json) {
    var events = json.copy();
    events.remove(HTTP);
    events.remove(ServerSettings.ROLES.field());
    return events;
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
