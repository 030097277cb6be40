package dev.serverevents;

import dev.serverevents.internal.Fields;
import dev.serverevents.internal.settings.ExplainSettings;
import dev.serverevents.internal.settings.LimitSettings;
import dev.serverevents.internal.settings.RedisSettings;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import dev.serverevents.internal.settings.VerticleSettings;
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
  public static final long DEFAULT_TIMEOUT = VerticleSettings.DEFAULT_TIMEOUT;

  /** How often both connections are tried out, in ms. */
  public static final long DEFAULT_HEARTBEAT = VerticleSettings.DEFAULT_HEARTBEAT;

  /** How long an emit may take until Redis has it, in ms. */
  public static final long DEFAULT_EMIT_TIMEOUT = VerticleSettings.DEFAULT_EMIT_TIMEOUT;

  /** How long pending waits and queued emits are given at undeployment, in ms. */
  public static final long DEFAULT_DRAIN_TIMEOUT = VerticleSettings.DEFAULT_DRAIN_TIMEOUT;

  /** How long Redis is given to tell whether an event is on its way, in ms. */
  public static final long DEFAULT_PROBE_TIMEOUT = VerticleSettings.DEFAULT_PROBE_TIMEOUT;

  /** The longest timeout of a wait, in ms: 24 h. */
  public static final long MAX_TIMEOUT = VerticleSettings.MAX_TIMEOUT;

  /** How many steps each server remembers, so that what happened to an event can be explained. */
  public static final int DEFAULT_EXPLAIN_STEPS = ExplainSettings.DEFAULT_STEPS;

  /** The most steps that a server can remember. */
  public static final int MAX_EXPLAIN_STEPS = ExplainSettings.MAX_STEPS;

  private static final Settings SETTINGS =
      new Settings(
          VerticleSettings.SECTION,
          LimitSettings.SECTION,
          ExplainSettings.SECTION,
          RedisSettings.SECTION);

  private final Values values;
  private final Values explain;
  private LimitsOptions limits;
  private RedisServerOptions redis;

  /** All defaults. */
  public ServerEventsOptions() {
    values = new Values(VerticleSettings.SECTION);
    explain = new Values(ExplainSettings.SECTION);
    limits = new LimitsOptions();
    redis = new RedisServerOptions();
  }

  /** A copy, which shares nothing with {@code other} that can change. */
  public ServerEventsOptions(ServerEventsOptions other) {
    values = new Values(other.values);
    explain = new Values(other.explain);
    limits = new LimitsOptions(other.limits);
    redis = other.redis;
  }

  /**
   * From JSON; what it does not name keeps its default.
   *
   * @throws InvalidInputException for a value out of range, and for a field that is no setting
   */
  public ServerEventsOptions(JsonObject json) {
    SETTINGS.check(json);
    values = Values.of(VerticleSettings.SECTION, json);
    explain =
        Values.of(ExplainSettings.SECTION, Fields.object("explain", json.getValue("explain")));
    limits = new LimitsOptions(Fields.object("limits", json.getValue("limits")));
    redis = new RedisServerOptions(Fields.object("redis", json.getValue("redis")));
  }

  /** The settings as JSON. It contains the password where that is set. */
  public JsonObject toJson() {
    return values
        .toJson()
        .put("limits", limits.toJson())
        .put("explain", explain.toJson())
        .put("redis", redis.toJson());
  }

  /** Checks a timeout in ms, which must be from 1 to {@value #MAX_TIMEOUT}. */
  public static long timeout(String field, @Nullable Object value) {
    return Fields.integer(field, value, 1, MAX_TIMEOUT);
  }

  /** How long a wait lasts that names no timeout, in ms. */
  public long getTimeout() {
    return values.get(VerticleSettings.TIMEOUT);
  }

  /** Sets it, from 1 to {@value #MAX_TIMEOUT} ms. */
  public ServerEventsOptions setTimeout(long timeout) {
    values.set(VerticleSettings.TIMEOUT, timeout);
    return this;
  }

  /** How often both connections are tried out, end to end, in ms. */
  public long getHeartbeat() {
    return values.get(VerticleSettings.HEARTBEAT);
  }

  /**
   * Sets it, from 100 to 3,600,000 ms (1 h). A connection that has gone silent is noticed, and made
   * again, within two such intervals.
   */
  public ServerEventsOptions setHeartbeat(long heartbeat) {
    values.set(VerticleSettings.HEARTBEAT, heartbeat);
    return this;
  }

  /** How long an emit may take until Redis has it, in ms; then its Future fails. */
  public long getEmitTimeout() {
    return values.get(VerticleSettings.EMIT_TIMEOUT);
  }

  /** Sets it, from 1 to {@value #MAX_TIMEOUT} ms. */
  public ServerEventsOptions setEmitTimeout(long emitTimeout) {
    values.set(VerticleSettings.EMIT_TIMEOUT, emitTimeout);
    return this;
  }

  /** How long pending waits and queued emits are given at undeployment, in ms. */
  public long getDrainTimeout() {
    return values.get(VerticleSettings.DRAIN_TIMEOUT);
  }

  /** Sets it, from 0 to {@value #MAX_TIMEOUT} ms. */
  public ServerEventsOptions setDrainTimeout(long drainTimeout) {
    values.set(VerticleSettings.DRAIN_TIMEOUT, drainTimeout);
    return this;
  }

  /**
   * How long Redis is given, when the time of a wait is over, to tell whether its event is on its
   * way, in ms.
   */
  public long getProbeTimeout() {
    return values.get(VerticleSettings.PROBE_TIMEOUT);
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
    values.set(VerticleSettings.PROBE_TIMEOUT, probeTimeout);
    return this;
  }

  /** Whether it listens, so that waits can be made. */
  public boolean isListen() {
    return values.get(VerticleSettings.LISTEN);
  }

  /**
   * Sets it. A worker that only emits can do without: it has no connection that subscribes, and
   * needs no right to; waits and streams fail with {@link UnavailableException}.
   */
  public ServerEventsOptions setListen(boolean listen) {
    values.set(VerticleSettings.LISTEN, listen);
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

  /** How many waits, emits and other steps each server remembers, or 0 for none. */
  public int getExplainSteps() {
    return explain.get(ExplainSettings.STEPS).intValue();
  }

  /**
   * Sets it, from 0 to {@value #MAX_EXPLAIN_STEPS}. What is remembered is what {@link
   * ServerEvents#explain} and {@link ServerEvents#overview} tell; with 0, nothing is, and nothing
   * is counted by name. A step takes about 100 bytes.
   */
  public ServerEventsOptions setExplainSteps(int steps) {
    explain.set(ExplainSettings.STEPS, (long) steps);
    return this;
  }

  /** Whether the arguments of events are remembered as well. */
  public boolean isExplainPayloads() {
    return explain.get(ExplainSettings.PAYLOADS);
  }

  /** Sets it. Of each event up to 4 KiB are remembered; a larger one is remembered without. */
  public ServerEventsOptions setExplainPayloads(boolean payloads) {
    explain.set(ExplainSettings.PAYLOADS, payloads);
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
