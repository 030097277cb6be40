package dev.serverevents.internal.settings;

/** What a ServerEventsVerticle and its users refuse: the settings of the section limits. */
public final class LimitSettings {

  /** All of them. */
  public static final Section SECTION = new Section("limits");

  // See LimitsOptions, which says what they are
  public static final int DEFAULT_PENDING_WAITS = 2_000_000;
  public static final int DEFAULT_EMIT_QUEUE = 100_000;
  public static final int DEFAULT_PAYLOAD = 1 << 20;
  public static final long DEFAULT_EMIT_QUEUE_BYTES = 1L << 27;
  public static final long DEFAULT_UNREAD = 1L << 26;
  public static final int MAX_KEY = 512;

  private static final int MIN_PAYLOAD = 1 << 10;
  private static final int MAX_PAYLOAD = 1 << 29;
  private static final long MIN_UNREAD = 1L << 16;
  private static final long MAX_MEMORY = 1L << 40;

  public static final Setting<Long> PENDING_WAITS =
      SECTION
          .declare("pendingWaits", SettingType.integer(1, Integer.MAX_VALUE, ""))
          .byDefault((long) DEFAULT_PENDING_WAITS)
          .says("How many waits may be pending in one verticle.");

  public static final Setting<Long> EMIT_QUEUE =
      SECTION
          .declare("emitQueue", SettingType.integer(1, Integer.MAX_VALUE, ""))
          .byDefault((long) DEFAULT_EMIT_QUEUE)
          .says("How many emits may be queued in one verticle, while Redis is away or behind.");

  public static final Setting<Long> EMIT_QUEUE_BYTES =
      SECTION
          .declare("emitQueueBytes", SettingType.integer(MIN_PAYLOAD, MAX_MEMORY, "bytes"))
          .byDefault(DEFAULT_EMIT_QUEUE_BYTES)
          .says("How large the payloads of all queued emits together may be.");

  public static final Setting<Long> PAYLOAD_IN =
      SECTION
          .declare("payloadIn", SettingType.integer(MIN_PAYLOAD, MAX_PAYLOAD, "bytes"))
          .byDefault((long) DEFAULT_PAYLOAD)
          .says("How large a payload from Redis may be; a larger one is dropped and counted.");

  public static final Setting<Long> PAYLOAD_OUT =
      SECTION
          .declare("payloadOut", SettingType.integer(MIN_PAYLOAD, MAX_PAYLOAD, "bytes"))
          .byDefault((long) DEFAULT_PAYLOAD)
          .says("How large the payload of an emit may be, name and id included.");

  public static final Setting<Long> NAME =
      SECTION
          .declare("name", SettingType.integer(1, MAX_KEY, "bytes"))
          .byDefault((long) MAX_KEY)
          .says("How long a name may be, in UTF-8.");

  public static final Setting<Long> ID =
      SECTION
          .declare("id", SettingType.integer(1, MAX_KEY, "bytes"))
          .byDefault((long) MAX_KEY)
          .says("How long an id may be, in UTF-8.");

  public static final Setting<Long> TIMEOUT =
      SECTION
          .declare("timeout", SettingType.integer(1, VerticleSettings.MAX_TIMEOUT, "ms"))
          .byDefault(VerticleSettings.MAX_TIMEOUT)
          .says("The longest timeout that a wait may name.");

  public static final Setting<Long> UNREAD =
      SECTION
          .declare("unread", SettingType.integer(MIN_UNREAD, MAX_MEMORY, "bytes"))
          .byDefault(DEFAULT_UNREAD)
          .says(
              "How much all streams and sockets together may have that their readers have not taken;"
                  + " beyond it, those that are furthest behind miss events.");

  private LimitSettings() {}
}
