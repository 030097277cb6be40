package dev.serverevents.internal.settings;

import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.wire.EventKey;

/** What a ServerEventsVerticle and its users refuse: the settings of the section limits. */
public final class LimitSettings {

  /** All of them. */
  public static final Section SECTION = new Section("limits");

  private static final int MIN_PAYLOAD = 1 << 10;
  private static final int MAX_PAYLOAD = 1 << 29;
  private static final long MIN_UNREAD = 1L << 16;
  private static final long MAX_MEMORY = 1L << 40;

  public static final Setting<Long> PENDING_WAITS =
      SECTION
          .declare("pendingWaits", SettingType.integer(1, Integer.MAX_VALUE, ""))
          .byDefault((long) LimitsOptions.DEFAULT_PENDING_WAITS)
          .says("How many waits may be pending in one verticle.");

  public static final Setting<Long> EMIT_QUEUE =
      SECTION
          .declare("emitQueue", SettingType.integer(1, Integer.MAX_VALUE, ""))
          .byDefault((long) LimitsOptions.DEFAULT_EMIT_QUEUE)
          .says("How many emits may be queued in one verticle, while Redis is away or behind.");

  public static final Setting<Long> EMIT_QUEUE_BYTES =
      SECTION
          .declare("emitQueueBytes", SettingType.integer(MIN_PAYLOAD, MAX_MEMORY, "bytes"))
          .byDefault(LimitsOptions.DEFAULT_EMIT_QUEUE_BYTES)
          .says("How large the payloads of all queued emits together may be.");

  public static final Setting<Long> PAYLOAD_IN =
      SECTION
          .declare("payloadIn", SettingType.integer(MIN_PAYLOAD, MAX_PAYLOAD, "bytes"))
          .byDefault((long) LimitsOptions.DEFAULT_PAYLOAD)
          .says("How large a payload from Redis may be; a larger one is dropped and counted.");

  public static final Setting<Long> PAYLOAD_OUT =
      SECTION
          .declare("payloadOut", SettingType.integer(MIN_PAYLOAD, MAX_PAYLOAD, "bytes"))
          .byDefault((long) LimitsOptions.DEFAULT_PAYLOAD)
          .says("How large the payload of an emit may be, name and id included.");

  public static final Setting<Long> NAME =
      SECTION
          .declare("name", SettingType.integer(1, EventKey.MAX_BYTES, "bytes"))
          .byDefault((long) EventKey.MAX_BYTES)
          .says("How long a name may be, in UTF-8.");

  public static final Setting<Long> ID =
      SECTION
          .declare("id", SettingType.integer(1, EventKey.MAX_BYTES, "bytes"))
          .byDefault((long) EventKey.MAX_BYTES)
          .says("How long an id may be, in UTF-8.");

  public static final Setting<Long> TIMEOUT =
      SECTION
          .declare("timeout", SettingType.integer(1, ServerEventsOptions.MAX_TIMEOUT, "ms"))
          .byDefault(ServerEventsOptions.MAX_TIMEOUT)
          .says("The longest timeout that a wait may name.");

  public static final Setting<Long> UNREAD =
      SECTION
          .declare("unread", SettingType.integer(MIN_UNREAD, MAX_MEMORY, "bytes"))
          .byDefault(LimitsOptions.DEFAULT_UNREAD)
          .says(
              "How much all streams and sockets together may have that their readers have not taken;"
                  + " beyond it, those that are furthest behind miss events.");

  private LimitSettings() {}
}
