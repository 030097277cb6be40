package dev.serverevents.web;

import dev.serverevents.internal.settings.QuotaSettings;
import dev.serverevents.internal.settings.RouteSettings;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.AuthenticationHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of {@link ServerEventsRoutes}; in JSON they are fields of the section http. */
public final class RoutesOptions {

  private final Values values;
  private final QuotaOptions perClient;
  private final QuotaOptions total;
  private @Nullable AuthenticationHandler authentication;
  private Access access = Access.ANYBODY;

  /** The defaults. */
  public RoutesOptions() {
    this(new JsonObject());
  }

  /** A copy. */
  public RoutesOptions(RoutesOptions other) {
    values = new Values(other.values);
    perClient = other.perClient.copy();
    total = other.total.copy();
    authentication = other.authentication;
    access = other.access;
  }

  /**
   * Reads the section http of a configuration. With {@code keys} it asks for API keys.
   *
   * @throws dev.serverevents.InvalidInputException for a wrong field, and for one that is no
   *     setting of the routes
   */
  public RoutesOptions(JsonObject http) {
    new Settings(
            RouteSettings.SECTION,
            QuotaSettings.PER_CLIENT.section(),
            QuotaSettings.TOTAL.section())
        .check(RouteSettings.SECTION.name(), http);
    values = Values.of(RouteSettings.SECTION, http);
    perClient = QuotaOptions.of(QuotaSettings.PER_CLIENT, http);
    total = QuotaOptions.of(QuotaSettings.TOTAL, http);
    var keys = values.find(RouteSettings.KEYS);
    if (keys != null && !keys.isEmpty()) {
      var apiKeys = new ApiKeys(keys);
      authentication = apiKeys.handler();
      access = apiKeys;
    }
  }

  /** For how long a request waits at most, in ms. */
  public long getMaxWait() {
    return values.get(RouteSettings.MAX_WAIT);
  }

  /** Sets it, from 1 to 86,400,000 ms; 60,000 by default. */
  public RoutesOptions setMaxWait(long maxWait) {
    values.set(RouteSettings.MAX_WAIT, maxWait);
    return this;
  }

  /** How many bytes the body of a request, or a message on a WebSocket, may have. */
  public long getMaxBody() {
    return values.get(RouteSettings.MAX_BODY_SIZE);
  }

  /** Sets it, from 1 to 1,073,741,824 bytes; 1,048,576 by default. */
  public RoutesOptions setMaxBody(long maxBody) {
    values.set(RouteSettings.MAX_BODY_SIZE, maxBody);
    return this;
  }

  /** How often a stream shows that it is alive, in ms: a comment, or a ping on a WebSocket. */
  public long getHeartbeat() {
    return values.get(RouteSettings.HEARTBEAT);
  }

  /** Sets it, from 100 to 3,600,000 ms; 15,000 by default. */
  public RoutesOptions setHeartbeat(long heartbeat) {
    values.set(RouteSettings.HEARTBEAT, heartbeat);
    return this;
  }

  /** The longest {@code retain} of an emit, in ms. */
  public long getMaxRetain() {
    return values.get(RouteSettings.MAX_RETAIN);
  }

  /** Sets it, from 1 to 604,800,000 ms; 86,400,000, a day, by default. */
  public RoutesOptions setMaxRetain(long maxRetain) {
    values.set(RouteSettings.MAX_RETAIN, maxRetain);
    return this;
  }

  /**
   * For how long a client may send the body of a request, in ms; it then gets 408. In the runnable
   * server also for how long a new connection may be without a request.
   */
  public long getRequestTimeout() {
    return values.get(RouteSettings.REQUEST_TIMEOUT);
  }

  /** Sets it, from 100 to 3,600,000 ms; 30,000 by default. */
  public RoutesOptions setRequestTimeout(long requestTimeout) {
    values.set(RouteSettings.REQUEST_TIMEOUT, requestTimeout);
    return this;
  }

  /**
   * How much one client may have: the user that the authentication handler finds, by its
   * {@linkplain io.vertx.ext.auth.User#subject() subject}, or else an address, of IPv6 a network
   * (/64). What is more is answered with 429.
   */
  public QuotaOptions getPerClient() {
    return perClient;
  }

  /** How much all clients of one Vert.x may have together; what is more is answered with 503. */
  public QuotaOptions getTotal() {
    return total;
  }

  /** From which origins, besides their own, pages may use the routes in browsers. */
  public List<String> getCors() {
    return values.get(RouteSettings.CORS);
  }

  /**
   * Sets them; none by default. They are as browsers write them, for example {@code
   * https://app.example:8443}, or {@code *} for any. They hold for all routes: those that Cross-
   * Origin Resource Sharing is about, WebSockets, and all transports of SockJS. Anything else that
   * a browser sends for a page of another origin gets 403.
   *
   * @throws dev.serverevents.InvalidInputException if one of them is no origin
   */
  public RoutesOptions setCors(List<String> origins) {
    values.set(RouteSettings.CORS, new JsonArray(origins));
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
}
