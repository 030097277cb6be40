package dev.serverevents;

import dev.serverevents.bus.Fields;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a {@link ServerEventsVerticle} and its users refuse: {@code limits} in the JSON of {@link
 * ServerEventsOptions}. Every setter throws {@link InvalidInputException} for a value out of range.
 */
public final class LimitsOptions {

  /** How many waits may be pending in one verticle. */
  public static final int DEFAULT_PENDING_WAITS = 2_000_000;

  /** How many emits may be queued in one verticle, while Redis is away or behind. */
  public static final int DEFAULT_EMIT_QUEUE = 100_000;

  /**
   * How many bytes the payload of an event may have, in and out: 1 MiB. Redis disconnects a
   * subscriber that is 32 MB behind (redis.conf, client-output-buffer-limit).
   */
  public static final int DEFAULT_PAYLOAD = 1 << 20;

  private enum Limit {
    PENDING_WAITS("pendingWaits", DEFAULT_PENDING_WAITS, 1, Integer.MAX_VALUE),
    EMIT_QUEUE("emitQueue", DEFAULT_EMIT_QUEUE, 1, Integer.MAX_VALUE),
    PAYLOAD_IN("payloadIn", DEFAULT_PAYLOAD, 1 << 10, 1 << 29),
    PAYLOAD_OUT("payloadOut", DEFAULT_PAYLOAD, 1 << 10, 1 << 29),
    NAME("name", EventKey.MAX_BYTES, 1, EventKey.MAX_BYTES),
    ID("id", EventKey.MAX_BYTES, 1, EventKey.MAX_BYTES),
    TIMEOUT("timeout", (int) ServerEventsOptions.MAX_TIMEOUT, 1, ServerEventsOptions.MAX_TIMEOUT);

    final String field;
    final int byDefault;
    final long min;
    final long max;

    Limit(String field, int byDefault, long min, long max) {
      this.field = field;
      this.byDefault = byDefault;
      this.min = min;
      this.max = max;
    }
  }

  private final Map<Limit, Integer> values = new EnumMap<>(Limit.class);

  /** All defaults. */
  public LimitsOptions() {
    for (var limit : Limit.values()) {
      values.put(limit, limit.byDefault);
    }
  }

  /** From JSON; what it does not name keeps its default. */
  public LimitsOptions(JsonObject json) {
    for (var limit : Limit.values()) {
      put(limit, json.getValue(limit.field, limit.byDefault));
    }
  }

  /** The limits as JSON. */
  public JsonObject toJson() {
    var json = new JsonObject();
    values.forEach((limit, value) -> json.put(limit.field, value));
    return json;
  }

  /** How many waits may be pending in one verticle; one more fails as unavailable. */
  public int getPendingWaits() {
    return get(Limit.PENDING_WAITS);
  }

  /** Sets it, from 1. */
  public LimitsOptions setPendingWaits(int pendingWaits) {
    return put(Limit.PENDING_WAITS, pendingWaits);
  }

  /** How many emits may be queued in one verticle; one more fails as unavailable. */
  public int getEmitQueue() {
    return get(Limit.EMIT_QUEUE);
  }

  /** Sets it, from 1. */
  public LimitsOptions setEmitQueue(int emitQueue) {
    return put(Limit.EMIT_QUEUE, emitQueue);
  }

  /** How many bytes a payload from Redis may have; a larger one is dropped and counted. */
  public int getPayloadIn() {
    return get(Limit.PAYLOAD_IN);
  }

  /** Sets it, from 1 KiB to 512 MiB. */
  public LimitsOptions setPayloadIn(int payloadIn) {
    return put(Limit.PAYLOAD_IN, payloadIn);
  }

  /** How many bytes an emit's payload may have, name and id included; more is bad input. */
  public int getPayloadOut() {
    return get(Limit.PAYLOAD_OUT);
  }

  /** Sets it, from 1 KiB to 512 MiB. */
  public LimitsOptions setPayloadOut(int payloadOut) {
    return put(Limit.PAYLOAD_OUT, payloadOut);
  }

  /** How many bytes of UTF-8 a name may have; more is bad input. */
  public int getName() {
    return get(Limit.NAME);
  }

  /** Sets it, from 1 to {@value EventKey#MAX_BYTES}. */
  public LimitsOptions setName(int name) {
    return put(Limit.NAME, name);
  }

  /** How many bytes of UTF-8 an id may have; more is bad input. */
  public int getId() {
    return get(Limit.ID);
  }

  /** Sets it, from 1 to {@value EventKey#MAX_BYTES}. */
  public LimitsOptions setId(int id) {
    return put(Limit.ID, id);
  }

  /** The longest timeout of a wait, in ms; a longer one is bad input. */
  public long getTimeout() {
    return get(Limit.TIMEOUT);
  }

  /** Sets it, from 1 to {@value ServerEventsOptions#MAX_TIMEOUT} ms. */
  public LimitsOptions setTimeout(long timeout) {
    return put(Limit.TIMEOUT, timeout);
  }

  private int get(Limit limit) {
    return values.getOrDefault(limit, limit.byDefault);
  }

  private LimitsOptions put(Limit limit, Object value) {
    values.put(limit, (int) Fields.integer("limits." + limit.field, value, limit.min, limit.max));
    return this;
  }
}
