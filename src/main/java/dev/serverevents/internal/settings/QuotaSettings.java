package dev.serverevents.internal.settings;

import io.vertx.core.json.JsonObject;

/**
 * How much clients of the HTTP routes may have at one time: declared twice, for each of them
 * ({@code http.perClient}) and for all together ({@code http.total}).
 */
public final class QuotaSettings {

  private static final long MAX = Integer.MAX_VALUE;
  private static final long MAX_BYTES = 1L << 40;
  private static final long MIB = 1L << 20;

  /** Those of each client. */
  public static final QuotaSettings PER_CLIENT =
      new QuotaSettings("http.perClient", "one client", 20_000, 10_000, 16, 2_000, 128 * MIB);

  /** Those of all together. */
  public static final QuotaSettings TOTAL =
      new QuotaSettings("http.total", "all clients", 100_000, 50_000, 64, 20_000, 512 * MIB);

  private final Section section;
  private final Setting<Long> waits;
  private final Setting<Long> streams;
  private final Setting<Long> questions;
  private final Setting<Long> emits;
  private final Setting<Long> retained;

  private QuotaSettings(
      String name,
      String whose,
      long waits,
      long streams,
      long questions,
      long emits,
      long retained) {
    section = new Section(name);
    this.waits =
        section
            .declare("waits", SettingType.integer(1, MAX, ""))
            .byDefault(waits)
            .says("How many waits of " + whose + " may be pending.");
    this.streams =
        section
            .declare("streams", SettingType.integer(1, MAX, ""))
            .byDefault(streams)
            .notCalled("subscriptions", "sockets")
            .says(
                "How many streams "
                    + whose
                    + " may have: SSE, WebSockets, and the subscriptions of these.");
    this.questions =
        section
            .declare("questions", SettingType.integer(1, MAX, ""))
            .byDefault(questions)
            .says(
                "How many questions "
                    + whose
                    + " may put to all servers at a time: by `explain`, and by the console.");
    this.emits =
        section
            .declare("emits", SettingType.integer(1, MAX, "a second"))
            .byDefault(emits)
            .says("How many emits " + whose + " may send, with bursts of as many.");
    this.retained =
        section
            .declare("retained", SettingType.integer(1, MAX_BYTES, "bytes"))
            .byDefault(retained)
            .says(
                "How much of "
                    + whose
                    + " Redis may be keeping: retained events, and idempotency keys for a day.");
  }

  /** What of the section http they are; an object of the same name may have settings of others. */
  public JsonObject part(JsonObject http) {
    return section.part(Settings.object(section.name(), http.getValue(field())));
  }

  /** The field of the section http in which they stand. */
  public String field() {
    return section.name().substring(section.name().lastIndexOf('.') + 1);
  }

  /** All of them. */
  public Section section() {
    return section;
  }

  public Setting<Long> waits() {
    return waits;
  }

  public Setting<Long> streams() {
    return streams;
  }

  public Setting<Long> questions() {
    return questions;
  }

  public Setting<Long> emits() {
    return emits;
  }

  public Setting<Long> retained() {
    return retained;
  }
}
