package dev.serverevents;

import dev.serverevents.bus.Fields;
import io.vertx.core.json.JsonObject;
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

  /** How long Redis is given to tell what is on its way to a wait whose time is over, in ms. */
  public static final long DEFAULT_PROBE_TIMEOUT = 1_000;

  /** The longest timeout of a wait, in ms: 24 h. */
  public static final long MAX_TIMEOUT = 86_400_000;

  private long timeout = DEFAULT_TIMEOUT;
  private long heartbeat = DEFAULT_HEARTBEAT;
  private long emitTimeout = DEFAULT_EMIT_TIMEOUT;
  private long drainTimeout = DEFAULT_DRAIN_TIMEOUT;
  private long probeTimeout = DEFAULT_PROBE_TIMEOUT;
  private boolean listen = true;
  private LimitsOptions limits = new LimitsOptions();
  private RedisServerOptions redis = new RedisServerOptions();

  /** All defaults. */
  public ServerEventsOptions() {}

  /** From JSON; what it does not name keeps its default, and what is unknown is ignored. */
  public ServerEventsOptions(JsonObject json) {
    timeout = timeout("timeout", json.getValue("timeout", timeout));
    heartbeat = heartbeat(json.getValue("heartbeat", heartbeat));
    emitTimeout = timeout("emitTimeout", json.getValue("emitTimeout", emitTimeout));
    drainTimeout = drainTimeout(json.getValue("drainTimeout", drainTimeout));
    probeTimeout = probeTimeout(json.getValue("probeTimeout", probeTimeout));
    listen = Fields.flag("listen", json.getValue("listen", listen));
    limits = new LimitsOptions(Fields.object("limits", json.getValue("limits")));
    redis = new RedisServerOptions(Fields.object("redis", json.getValue("redis")));
  }

  /** The settings as JSON. It contains the password where that is set. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("timeout", timeout)
        .put("heartbeat", heartbeat)
        .put("emitTimeout", emitTimeout)
        .put("drainTimeout", drainTimeout)
        .put("probeTimeout", probeTimeout)
        .put("listen", listen)
        .put("limits", limits.toJson())
        .put("redis", redis.toJson());
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

  private static long probeTimeout(@Nullable Object value) {
    return Fields.integer("probeTimeout", value, 0, 60_000);
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

  /**
   * How long Redis is given, when the time of a wait is over, to tell whether its event is on its
   * way, in ms.
   */
  public long getProbeTimeout() {
    return probeTimeout;
  }

  /**
   * Sets it, from 0 to 60,000 ms. A ping on the connections of the wait brings all that was
   * published before along: then the event is there, or there was none and the wait has {@linkplain
   * EventTimeoutException timed out}. If the ping does not come back in time, nothing is known and
   * the wait ends as {@linkplain UnavailableException unavailable}. It counts for at most two
   * fifths of the {@linkplain #getHeartbeat() heartbeat} interval, after which a heartbeat gives
   * its connection up. With 0 there is no ping: what is on its way is not waited for, and a
   * connection that is dead without being closed counts as up until the heartbeat finds it.
   */
  public ServerEventsOptions setProbeTimeout(long probeTimeout) {
    this.probeTimeout = probeTimeout(probeTimeout);
    return this;
  }

  /** Whether it listens, so that waits can be made. */
  public boolean isListen() {
    return listen;
  }

  /**
   * Sets it. A worker that only emits can do without: it has no connection that subscribes, and
   * needs no right to; waits and streams fail with {@link UnavailableException}.
   */
  public ServerEventsOptions setListen(boolean listen) {
    this.listen = listen;
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

  /** Where Redis is. */
  public RedisServerOptions getRedis() {
    return redis;
  }

  /** Sets it. */
  public ServerEventsOptions setRedis(RedisServerOptions redis) {
    this.redis = redis;
    return this;
  }

  /** Sets it to one server, by its URL; see {@link RedisServerOptions#of}. */
  public ServerEventsOptions setConnectionString(String url) {
    return setRedis(RedisServerOptions.of(url));
  }
}
