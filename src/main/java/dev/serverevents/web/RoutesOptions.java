package dev.serverevents.web;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.bus.Fields;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.AuthenticationHandler;
import org.jspecify.annotations.Nullable;

/** The settings of {@link ServerEventsRoutes}; in JSON they are fields of the section http. */
public final class RoutesOptions {

  private static final long MAX_BODY = 1 << 30;
  private static final long MIN_HEARTBEAT = 100;
  private static final long MAX_HEARTBEAT = 3_600_000;

  private long maxWait = 60_000;
  private long maxBody = 1 << 20;
  private long heartbeat = 15_000;
  private @Nullable AuthenticationHandler authentication;
  private Access access = Access.ANYBODY;

  /** The defaults. */
  public RoutesOptions() {}

  /**
   * Reads the section http of a configuration. With {@code keys} it asks for API keys.
   *
   * @throws dev.serverevents.InvalidInputException for a wrong field
   */
  public RoutesOptions(JsonObject http) {
    maxWait = maxWait("http.maxWait", http.getValue("maxWait", maxWait));
    maxBody = maxBody("http.maxBody", http.getValue("maxBody", maxBody));
    heartbeat = heartbeat("http.heartbeat", http.getValue("heartbeat", heartbeat));
    var keys = Fields.array("http.keys", http.getValue("keys"));
    if (!keys.isEmpty()) {
      var apiKeys = new ApiKeys(keys);
      authentication = apiKeys.handler();
      access = apiKeys;
    }
  }

  /** For how long a request waits at most, in ms. */
  public long getMaxWait() {
    return maxWait;
  }

  /** Sets it, from 1 to 86,400,000 ms; 60,000 by default. */
  public RoutesOptions setMaxWait(long maxWait) {
    this.maxWait = maxWait("maxWait", maxWait);
    return this;
  }

  /** How many bytes the body of a request, or a message on a WebSocket, may have. */
  public long getMaxBody() {
    return maxBody;
  }

  /** Sets it, from 1 to 1,073,741,824 bytes; 1,048,576 by default. */
  public RoutesOptions setMaxBody(long maxBody) {
    this.maxBody = maxBody("maxBody", maxBody);
    return this;
  }

  /** How often a stream shows that it is alive, in ms: a comment, or a ping on a WebSocket. */
  public long getHeartbeat() {
    return heartbeat;
  }

  /** Sets it, from 100 to 3,600,000 ms; 15,000 by default. */
  public RoutesOptions setHeartbeat(long heartbeat) {
    this.heartbeat = heartbeat("heartbeat", heartbeat);
    return this;
  }

  /** What tells who sends a request, or null. */
  public @Nullable AuthenticationHandler getAuthentication() {
    return authentication;
  }

  /**
   * Sets it: any of Vert.x Web's handlers, which then runs before every route but those of health
   * and of the OpenAPI document; null, the default, for none.
   */
  public RoutesOptions setAuthentication(@Nullable AuthenticationHandler authentication) {
    this.authentication = authentication;
    return this;
  }

  /** What decides who may wait for and emit which events. */
  public Access getAccess() {
    return access;
  }

  /** Sets it; {@link Access#ANYBODY} by default. */
  public RoutesOptions setAccess(Access access) {
    this.access = access;
    return this;
  }

  private static long maxWait(String field, Object value) {
    return ServerEventsOptions.timeout(field, value);
  }

  private static long maxBody(String field, Object value) {
    return Fields.integer(field, value, 1, MAX_BODY);
  }

  private static long heartbeat(String field, Object value) {
    return Fields.integer(field, value, MIN_HEARTBEAT, MAX_HEARTBEAT);
  }
}
