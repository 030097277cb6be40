package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.bus.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The runnable server's settings: a JSON file, in which the environment overrides single settings.
 *
 * @param embeddedRedis whether no Redis is configured, so that one is started
 */
record Configuration(
    ServerEventsOptions events, boolean embeddedRedis, HttpSettings http, Set<String> roles) {

  static final String API = "api";
  static final String WORKER = "worker";

  /** The settings that are lists; in the environment they have commas. */
  private static final Set<String> LISTS = Set.of("roles", "redis.endpoints");

  /** The environment variable of each setting. */
  static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("SERVER_EVENTS_REDIS", "redis.connectionString"),
          Map.entry("SERVER_EVENTS_REDIS_HOST", "redis.host"),
          Map.entry("SERVER_EVENTS_REDIS_PORT", "redis.port"),
          Map.entry("SERVER_EVENTS_REDIS_DB", "redis.db"),
          Map.entry("SERVER_EVENTS_REDIS_TYPE", "redis.type"),
          Map.entry("SERVER_EVENTS_REDIS_PUBSUB", "redis.pubsub"),
          Map.entry("SERVER_EVENTS_REDIS_ENDPOINTS", "redis.endpoints"),
          Map.entry("SERVER_EVENTS_REDIS_MASTER_NAME", "redis.masterName"),
          Map.entry("SERVER_EVENTS_REDIS_REPLICAS", "redis.replicas"),
          Map.entry("SERVER_EVENTS_REDIS_USER", "redis.user"),
          Map.entry("SERVER_EVENTS_REDIS_PASSWORD", "redis.password"),
          Map.entry("SERVER_EVENTS_REDIS_PASSWORD_FILE", "redis.passwordFile"),
          Map.entry("SERVER_EVENTS_REDIS_CA_FILE", "redis.caFile"),
          Map.entry("SERVER_EVENTS_REDIS_CERTIFICATE_FILE", "redis.certificateFile"),
          Map.entry("SERVER_EVENTS_REDIS_KEY_FILE", "redis.keyFile"),
          Map.entry("SERVER_EVENTS_REDIS_VERIFY_HOST", "redis.verifyHost"),
          Map.entry("SERVER_EVENTS_TIMEOUT", "timeout"),
          Map.entry("SERVER_EVENTS_HEARTBEAT", "heartbeat"),
          Map.entry("SERVER_EVENTS_EMIT_TIMEOUT", "emitTimeout"),
          Map.entry("SERVER_EVENTS_DRAIN_TIMEOUT", "drainTimeout"),
          Map.entry("SERVER_EVENTS_PROBE_TIMEOUT", "probeTimeout"),
          Map.entry("SERVER_EVENTS_LISTEN", "listen"),
          Map.entry("SERVER_EVENTS_LIMITS_PENDING_WAITS", "limits.pendingWaits"),
          Map.entry("SERVER_EVENTS_LIMITS_EMIT_QUEUE", "limits.emitQueue"),
          Map.entry("SERVER_EVENTS_LIMITS_PAYLOAD_IN", "limits.payloadIn"),
          Map.entry("SERVER_EVENTS_LIMITS_PAYLOAD_OUT", "limits.payloadOut"),
          Map.entry("SERVER_EVENTS_LIMITS_NAME", "limits.name"),
          Map.entry("SERVER_EVENTS_LIMITS_ID", "limits.id"),
          Map.entry("SERVER_EVENTS_LIMITS_TIMEOUT", "limits.timeout"),
          Map.entry("SERVER_EVENTS_HTTP_HOST", "http.host"),
          Map.entry("SERVER_EVENTS_HTTP_PORT", "http.port"),
          Map.entry("SERVER_EVENTS_HTTP_MAX_WAIT", "http.maxWait"),
          Map.entry("SERVER_EVENTS_HTTP_MAX_BODY", "http.maxBody"),
          Map.entry("SERVER_EVENTS_HTTP_HEARTBEAT", "http.heartbeat"),
          Map.entry("SERVER_EVENTS_HTTP_INSECURE", "http.insecure"),
          Map.entry("SERVER_EVENTS_ROLES", "roles"));

  private static JsonObject merge(JsonObject file, Map<String, String> environment) {
    var merged = file.copy();
    ENVIRONMENT.forEach(
        (variable, path) -> {
          var value = environment.get(variable);
          if (value != null && !value.isEmpty()) {
            put(merged, path, value);
          }
        });
    return merged;
  }

  private static Object json(String path, String value) {
    return LISTS.contains(path) ? new JsonArray(List.of(value.split(",", -1))) : value;
  }

  private static void put(JsonObject json, String path, String value) {
    var dot = path.indexOf('.');
    if (dot > 0) {
      var section = path.substring(0, dot);
      json.put(section, Fields.object(section, json.getValue(section)));
      json.getJsonObject(section).put(path.substring(dot + 1), json(path, value));
    } else {
      json.put(path, json(path, value));
    }
  }

  /**
   * Reads the settings of {@code file}, over which those of {@code environment} go.
   *
   * @throws InvalidInputException for a wrong one
   */
  static Configuration of(JsonObject file, Map<String, String> environment) {
    var json = merge(file, environment);
    return new Configuration(
        new ServerEventsOptions(json),
        Fields.object("redis", json.getValue("redis")).isEmpty(),
        HttpSettings.of(Fields.object("http", json.getValue("http"))),
        roles(Fields.array("roles", json.getValue("roles", new JsonArray().add(API).add(WORKER)))));
  }

  private static Set<String> roles(JsonArray json) {
    var roles = json.stream().map(String::valueOf).map(String::strip).collect(Collectors.toSet());
    if (roles.isEmpty() || !Set.of(API, WORKER).containsAll(roles)) {
      throw new InvalidInputException("roles", json.encode(), "must be of \"api\" and \"worker\"");
    }
    return roles;
  }
}
