package dev.serverevents.web;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.bus.Fields;
import io.vertx.core.json.JsonObject;

/** The settings of {@link ServerEventsRoutes}; in JSON they are fields of the section http. */
public final class RoutesOptions {

  private static final long MAX_BODY = 1 << 30;

  private long maxWait = 60_000;
  private long maxBody = 1 << 20;

  /** The defaults. */
  public RoutesOptions() {}

  /**
   * Reads the section http of a configuration.
   *
   * @throws dev.serverevents.InvalidInputException for a wrong field
   */
  public RoutesOptions(JsonObject http) {
    maxWait = maxWait("http.maxWait", http.getValue("maxWait", maxWait));
    maxBody = maxBody("http.maxBody", http.getValue("maxBody", maxBody));
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

  /** How many bytes the body of a request may have. */
  public long getMaxBody() {
    return maxBody;
  }

  /** Sets it, from 1 to 1,073,741,824 bytes; 1,048,576 by default. */
  public RoutesOptions setMaxBody(long maxBody) {
    this.maxBody = maxBody("maxBody", maxBody);
    return this;
  }

  private static long maxWait(String field, Object value) {
    return ServerEventsOptions.timeout(field, value);
  }

  private static long maxBody(String field, Object value) {
    return Fields.integer(field, value, 1, MAX_BODY);
  }
}
