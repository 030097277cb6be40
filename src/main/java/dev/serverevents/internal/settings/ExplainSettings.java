package dev.serverevents.internal.settings;

/** What a server remembers of what happened to events: the settings of the section explain. */
public final class ExplainSettings {

  /** All of them. */
  public static final Section SECTION = new Section("explain");

  // See ServerEventsOptions, which says what they are
  public static final int DEFAULT_STEPS = 10_000;
  public static final int MAX_STEPS = 1_000_000;

  public static final Setting<Long> STEPS =
      SECTION
          .declare("steps", SettingType.integer(0, MAX_STEPS, ""))
          .byDefault((long) DEFAULT_STEPS)
          .says(
              "How many waits, emits and other steps each server remembers, so that what happened to"
                  + " an event can be explained; 0 remembers and counts nothing.");

  public static final Setting<Boolean> PAYLOADS =
      SECTION
          .declare("payloads", SettingType.flag())
          .byDefault(false)
          .says(
              "Whether the arguments of events, up to 4 KiB each, are remembered as well, for those"
                  + " who have the right to see them.");

  private ExplainSettings() {}
}
