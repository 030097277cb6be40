package dev.serverevents;

import dev.serverevents.bus.Fields;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link ServerEventsVerticle}; {@link #ServerEventsOptions(JsonObject)} takes the
 * same as JSON, which is the verticle's config:
 *
 * <pre>{@code
 * {"timeout": 10000, "heartbeat": 5000, "emitTimeout": 10000, "drainTimeout": 10000,
 *  "limits": {"pendingWaits": 2000000},
 *  "redis": {"host": "localhost", "port": 6379, "db": 0}}
 * {"redis": {"connectionString": "rediss://user:password@redis.example.com:6380/0"}}
 * }</pre>
 *
 * <p>Every setter and the constructor throw {@link InvalidInputException} for a value out of range.
 */
public final class ServerEventsOptions {

  /** How long a wait lasts that names no timeout, in ms. */
  public static final long DEFAULT_TIMEOUT = 10_000;

  /** How often both connections are tried out, in ms. */
  public static final long DEFAULT_HEARTBEAT = 5_000;

  /** How long an emit may take until Redis has it, in ms. */
  public static final long DEFAULT_EMIT_TIMEOUT = 10_000;

  /** How long pending waits and queued emits are given at undeployment, in ms. */
  public static final long DEFAULT_DRAIN_TIMEOUT = 10_000;

  /** The longest timeout of a wait, in ms: 24 h. */
  public static final long MAX_TIMEOUT = 86_400_000;

  /** Where Redis is by default. */
  public static final String DEFAULT_HOST = "localhost";

  /** Redis's standard port. */
  public static final int DEFAULT_PORT = 6379;

  private long timeout = DEFAULT_TIMEOUT;
  private long heartbeat = DEFAULT_HEARTBEAT;
  private long emitTimeout = DEFAULT_EMIT_TIMEOUT;
  private long drainTimeout = DEFAULT_DRAIN_TIMEOUT;
  private LimitsOptions limits = new LimitsOptions();
  private String host = DEFAULT_HOST;
  private int port = DEFAULT_PORT;
  private int db = 0;
  private @Nullable String connectionString;

  /** All defaults. */
  public ServerEventsOptions() {}

  /** From JSON; what it does not name keeps its default, and what is unknown is ignored. */
  public ServerEventsOptions(JsonObject json) {
    timeout = timeout("timeout", json.getValue("timeout", timeout));
    heartbeat = heartbeat(json.getValue("heartbeat", heartbeat));
    emitTimeout = timeout("emitTimeout", json.getValue("emitTimeout", emitTimeout));
    drainTimeout = drainTimeout(json.getValue("drainTimeout", drainTimeout));
    limits = new LimitsOptions(Fields.object("limits", json.getValue("limits")));
    var redis = Fields.object("redis", json.getValue("redis"));
    setHost(Fields.string("redis.host", redis.getValue("host", DEFAULT_HOST)));
    setPort((int) Fields.integer("redis.port", redis.getValue("port", DEFAULT_PORT), 1, 65535));
    setDb((int) Fields.integer("redis.db", redis.getValue("db", 0), 0, Integer.MAX_VALUE));
    if (redis.getValue("connectionString") != null) {
      setConnectionString(
          Fields.string("redis.connectionString", redis.getValue("connectionString")));
    }
  }

  /** The settings as JSON. It contains the password where the connection string does. */
  public JsonObject toJson() {
    var redis = new JsonObject().put("host", host).put("port", port).put("db", db);
    if (connectionString != null) {
      redis.put("connectionString", connectionString);
    }
    return new JsonObject()
        .put("timeout", timeout)
        .put("heartbeat", heartbeat)
        .put("emitTimeout", emitTimeout)
        .put("drainTimeout", drainTimeout)
        .put("limits", limits.toJson())
        .put("redis", redis);
  }

  /** Checks a timeout in ms, which must be from 1 to {@value #MAX_TIMEOUT}. */
  public static long timeout(String field, @Nullable Object value) {
    return Fields.integer(field, value, 1, MAX_TIMEOUT);
  }

  private static long heartbeat(@Nullable Object value) {
    return Fields.integer("heartbeat", value, 100, 3_600_000);
  }

  private static long drainTimeout(@Nullable Object value) {
    return Fields.integer("drainTimeout", value, 0, MAX_TIMEOUT);
  }

  /** How long a wait lasts that names no timeout, in ms. */
  public long getTimeout() {
    return timeout;
  }

  /** Sets it, from 1 to {@value #MAX_TIMEOUT} ms. */
  public ServerEventsOptions setTimeout(long timeout) {
    this.timeout = timeout("timeout", timeout);
    return this;
  }

  /** How often both connections are tried out, end to end, in ms. */
  public long getHeartbeat() {
    return heartbeat;
  }

  /**
   * Sets it, from 100 to 3,600,000 ms (1 h). A connection that has gone silent is noticed, and made
   * again, within two such intervals.
   */
  public ServerEventsOptions setHeartbeat(long heartbeat) {
    this.heartbeat = heartbeat(heartbeat);
    return this;
  }

  /** How long an emit may take until Redis has it, in ms; then its Future fails. */
  public long getEmitTimeout() {
    return emitTimeout;
  }

  /** Sets it, from 1 to {@value #MAX_TIMEOUT} ms. */
  public ServerEventsOptions setEmitTimeout(long emitTimeout) {
    this.emitTimeout = timeout("emitTimeout", emitTimeout);
    return this;
  }

  /** How long pending waits and queued emits are given at undeployment, in ms. */
  public long getDrainTimeout() {
    return drainTimeout;
  }

  /** Sets it, from 0 to {@value #MAX_TIMEOUT} ms. */
  public ServerEventsOptions setDrainTimeout(long drainTimeout) {
    this.drainTimeout = drainTimeout(drainTimeout);
    return this;
  }

  /** What is refused. */
  public LimitsOptions getLimits() {
    return limits;
  }

  /** Sets it. */
  public ServerEventsOptions setLimits(LimitsOptions limits) {
    this.limits = limits;
    return this;
  }

  /** Redis's host, where there is no connection string. */
  public String getHost() {
    return host;
  }

  /** Sets it: a name or an address. */
  public ServerEventsOptions setHost(String host) {
    this.host = Fields.string("redis.host", host);
    return this;
  }

  /** Redis's port, where there is no connection string. */
  public int getPort() {
    return port;
  }

  /** Sets it, from 1 to 65535. */
  public ServerEventsOptions setPort(int port) {
    this.port = (int) Fields.integer("redis.port", port, 1, 65535);
    return this;
  }

  /** Redis's database number, where there is no connection string. Pub/Sub ignores it. */
  public int getDb() {
    return db;
  }

  /** Sets it, from 0. */
  public ServerEventsOptions setDb(int db) {
    this.db = (int) Fields.integer("redis.db", db, 0, Integer.MAX_VALUE);
    return this;
  }

  /** A URL that names all of Redis's coordinates, or null. */
  public @Nullable String getConnectionString() {
    return connectionString;
  }

  /**
   * Sets it: {@code redis://[user:password@]host[:port][/db]}, or {@code rediss://} for TLS; it
   * counts instead of host, port and db. TLS trusts what the JVM's trust store does ({@code
   * javax.net.ssl.trustStore}), and checks the host's name.
   */
  public ServerEventsOptions setConnectionString(String connectionString) {
    this.connectionString = checkUrl(connectionString);
    return this;
  }

  private static String checkUrl(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException malformed) {
      throw badUrl("(not shown)");
    }
    var scheme = String.valueOf(uri.getScheme());
    if (!(scheme.equals("redis") || scheme.equals("rediss")) || uri.getHost() == null) {
      throw badUrl(scheme + "://...");
    }
    if (uri.getPath().length() > 1) {
      Fields.integer("redis.connectionString's database", uri.getPath().substring(1), 0, 1 << 30);
    }
    return url;
  }

  /** The URL itself is not shown: it may contain a password. */
  private static InvalidInputException badUrl(String shown) {
    return new InvalidInputException(
        "redis.connectionString",
        shown,
        "must be redis://[user:password@]host[:port][/db] or rediss:// the same");
  }

  /** The URL to connect to: the connection string, or one made of host, port and db. */
  public String redisUrl() {
    return connectionString != null
        ? connectionString
        : "redis://%s:%d/%d".formatted(host.contains(":") ? "[" + host + "]" : host, port, db);
  }
}
