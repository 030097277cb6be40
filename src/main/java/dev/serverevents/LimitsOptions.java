package dev.serverevents;

import dev.serverevents.internal.settings.LimitSettings;
import dev.serverevents.internal.settings.Setting;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import io.vertx.core.json.JsonObject;

/**
 * What a {@link ServerEventsVerticle} and its users refuse: {@code limits} in the JSON of {@link
 * ServerEventsOptions}. Every setter throws {@link InvalidInputException} for a value out of range.
 */
public final class LimitsOptions {

  /** How many bytes of UTF-8 a name or an id may have, unless a limit is set lower. */
  public static final int MAX_KEY = LimitSettings.MAX_KEY;

  /** How many ids one call may wait for: {@link ServerEvents#listenAll}. */
  public static final int MAX_IDS = 100;

  /** How many waits may be pending in one verticle. */
  public static final int DEFAULT_PENDING_WAITS = LimitSettings.DEFAULT_PENDING_WAITS;

  /** How many emits may be queued in one verticle, while Redis is away or behind. */
  public static final int DEFAULT_EMIT_QUEUE = LimitSettings.DEFAULT_EMIT_QUEUE;

  /**
   * How many bytes the payload of an event may have, in and out: 1 MiB. Redis disconnects a
   * subscriber that is 32 MB behind (redis.conf, client-output-buffer-limit).
   */
  public static final int DEFAULT_PAYLOAD = LimitSettings.DEFAULT_PAYLOAD;

  /** How many bytes the payloads of all queued emits together may have: 128 MiB. */
  public static final long DEFAULT_EMIT_QUEUE_BYTES = LimitSettings.DEFAULT_EMIT_QUEUE_BYTES;

  /** How many bytes all streams together may have that their readers have not taken: 64 MiB. */
  public static final long DEFAULT_UNREAD = LimitSettings.DEFAULT_UNREAD;

  private final Values values;

  /** All defaults. */
  public LimitsOptions() {
    values = new Values(LimitSettings.SECTION);
  }

  /** A copy. */
  public LimitsOptions(LimitsOptions other) {
    values = new Values(other.values);
  }

  /**
   * From JSON; what it does not name keeps its default.
   *
   * @throws InvalidInputException for a value out of range, and for a field that is no limit
   */
  public LimitsOptions(JsonObject json) {
    new Settings(LimitSettings.SECTION).check(LimitSettings.SECTION.name(), json);
    values = Values.of(LimitSettings.SECTION, json);
  }

  /** The limits as JSON. */
  public JsonObject toJson() {
    return values.toJson();
  }

  /** How many waits may be pending in one verticle; one more fails as unavailable. */
  public int getPendingWaits() {
    return get(LimitSettings.PENDING_WAITS);
  }

  /** Sets it, from 1. */
  public LimitsOptions setPendingWaits(int pendingWaits) {
    return put(LimitSettings.PENDING_WAITS, pendingWaits);
  }

  /** How many emits may be queued in one verticle; one more fails as unavailable. */
  public int getEmitQueue() {
    return get(LimitSettings.EMIT_QUEUE);
  }

  /** Sets it, from 1. */
  public LimitsOptions setEmitQueue(int emitQueue) {
    return put(LimitSettings.EMIT_QUEUE, emitQueue);
  }

  /**
   * How many bytes the payloads of the emits that are queued in one verticle may have together; one
   * more emit fails as unavailable, unless it is the only one.
   */
  public long getEmitQueueBytes() {
    return values.get(LimitSettings.EMIT_QUEUE_BYTES);
  }

  /** Sets it, from 1 KiB to 1 TiB. */
  public LimitsOptions setEmitQueueBytes(long emitQueueBytes) {
    return put(LimitSettings.EMIT_QUEUE_BYTES, emitQueueBytes);
  }

  /** How many bytes a payload from Redis may have; a larger one is dropped and counted. */
  public int getPayloadIn() {
    return get(LimitSettings.PAYLOAD_IN);
  }

  /** Sets it, from 1 KiB to 512 MiB. */
  public LimitsOptions setPayloadIn(int payloadIn) {
    return put(LimitSettings.PAYLOAD_IN, payloadIn);
  }

  /** How many bytes an emit's payload may have, name and id included; more is bad input. */
  public int getPayloadOut() {
    return get(LimitSettings.PAYLOAD_OUT);
  }

  /** Sets it, from 1 KiB to 512 MiB. */
  public LimitsOptions setPayloadOut(int payloadOut) {
    return put(LimitSettings.PAYLOAD_OUT, payloadOut);
  }

  /** How many bytes of UTF-8 a name may have; more is bad input. */
  public int getName() {
    return get(LimitSettings.NAME);
  }

  /** Sets it, from 1 to {@value #MAX_KEY}. */
  public LimitsOptions setName(int name) {
    return put(LimitSettings.NAME, name);
  }

  /** How many bytes of UTF-8 an id may have; more is bad input. */
  public int getId() {
    return get(LimitSettings.ID);
  }

  /** Sets it, from 1 to {@value #MAX_KEY}. */
  public LimitsOptions setId(int id) {
    return put(LimitSettings.ID, id);
  }

  /** The longest timeout of a wait, in ms; a longer one is bad input. */
  public long getTimeout() {
    return get(LimitSettings.TIMEOUT);
  }

  /** Sets it, from 1 to {@value ServerEventsOptions#MAX_TIMEOUT} ms. */
  public LimitsOptions setTimeout(long timeout) {
    return put(LimitSettings.TIMEOUT, timeout);
  }

  /**
   * How many bytes all streams of this Vert.x together may have that their readers have not taken,
   * what is written to slow clients included. Beyond it, a reader with more than an equal share
   * misses events, and is told so by a {@link StreamEvent.Gap}; a stream fails as unavailable if
   * even its newest event is more than that.
   */
  public long getUnread() {
    return values.get(LimitSettings.UNREAD);
  }

  /** Sets it, from 64 KiB to 1 TiB. */
  public LimitsOptions setUnread(long unread) {
    return put(LimitSettings.UNREAD, unread);
  }

  private int get(Setting<Long> limit) {
    return values.get(limit).intValue();
  }

  private LimitsOptions put(Setting<Long> limit, long value) {
    values.set(limit, value);
    return this;
  }
}
