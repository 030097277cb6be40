package dev.serverevents.internal.settings;

/** The settings of a ServerEventsVerticle that stand at the top of its JSON. */
public final class VerticleSettings {

  /** All of them. */
  public static final Section SECTION = new Section("");

  // See ServerEventsOptions, which says what they are
  public static final long DEFAULT_TIMEOUT = 10_000;
  public static final long DEFAULT_HEARTBEAT = 5_000;
  public static final long DEFAULT_EMIT_TIMEOUT = 10_000;
  public static final long DEFAULT_DRAIN_TIMEOUT = 10_000;
  public static final long DEFAULT_PROBE_TIMEOUT = 1_000;
  public static final long MAX_TIMEOUT = 86_400_000;

  public static final Setting<Long> TIMEOUT =
      SECTION
          .declare("timeout", SettingType.integer(1, MAX_TIMEOUT, "ms"))
          .byDefault(DEFAULT_TIMEOUT)
          .says("How long a wait lasts that names no timeout.");

  public static final Setting<Long> HEARTBEAT =
      SECTION
          .declare("heartbeat", SettingType.integer(100, 3_600_000, "ms"))
          .byDefault(DEFAULT_HEARTBEAT)
          .says(
              "How often both connections are tried out; a silent one is found within two such"
                  + " intervals.");

  public static final Setting<Long> EMIT_TIMEOUT =
      SECTION
          .declare("emitTimeout", SettingType.integer(1, MAX_TIMEOUT, "ms"))
          .byDefault(DEFAULT_EMIT_TIMEOUT)
          .says("How long an emit may take until Redis has it.");

  public static final Setting<Long> DRAIN_TIMEOUT =
      SECTION
          .declare("drainTimeout", SettingType.integer(0, MAX_TIMEOUT, "ms"))
          .byDefault(DEFAULT_DRAIN_TIMEOUT)
          .says("How long pending waits, and then queued emits, are given at undeployment.");

  public static final Setting<Long> PROBE_TIMEOUT =
      SECTION
          .declare("probeTimeout", SettingType.integer(0, 60_000, "ms"))
          .byDefault(DEFAULT_PROBE_TIMEOUT)
          .says(
              "How long Redis is given, when a wait's time is over, to tell whether its event is on"
                  + " its way; 0 does not ask.");

  public static final Setting<Boolean> LISTEN =
      SECTION
          .declare("listen", SettingType.flag())
          .byDefault(true)
          .says("Whether waits can be made; a worker that only emits can do without.");

  private VerticleSettings() {}
}
