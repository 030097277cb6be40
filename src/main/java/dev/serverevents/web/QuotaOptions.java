package dev.serverevents.web;

import dev.serverevents.internal.settings.QuotaSettings;
import dev.serverevents.internal.settings.Setting;
import dev.serverevents.internal.settings.Values;
import io.vertx.core.json.JsonObject;

/**
 * How much clients of {@link ServerEventsRoutes} may have at one time: each of them ({@link
 * RoutesOptions#getPerClient()}, where one more is refused with 429), or all together on one Vert.x
 * ({@link RoutesOptions#getTotal()}, 503). Every setter throws {@link
 * dev.serverevents.InvalidInputException} for a value out of range.
 */
public final class QuotaOptions {

  private final QuotaSettings settings;
  private final Values values;

  private QuotaOptions(QuotaSettings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** Reads the object of its section, where the section http has one. */
  static QuotaOptions of(QuotaSettings settings, JsonObject http) {
    return new QuotaOptions(settings, Values.of(settings.section(), settings.part(http)));
  }

  QuotaOptions copy() {
    return new QuotaOptions(settings, new Values(values));
  }

  /** How many waits may be pending. */
  public long getWaits() {
    return values.get(settings.waits());
  }

  /** Sets it, from 1; 20,000 of a client and 100,000 in total by default. */
  public QuotaOptions setWaits(long waits) {
    return put(settings.waits(), waits);
  }

  /** How many streams there may be: Server-Sent Events, WebSockets, and what these subscribe. */
  public long getStreams() {
    return values.get(settings.streams());
  }

  /** Sets it, from 1; 10,000 of a client and 50,000 in total by default. */
  public QuotaOptions setStreams(long streams) {
    return put(settings.streams(), streams);
  }

  /** How many questions may be put to all servers at a time: by explain, and by the console. */
  public long getQuestions() {
    return values.get(settings.questions());
  }

  /** Sets it, from 1; 16 of a client and 64 in total by default. */
  public QuotaOptions setQuestions(long questions) {
    return put(settings.questions(), questions);
  }

  /** How many emits there may be in a second; as many may come at once after a second of none. */
  public long getEmits() {
    return values.get(settings.emits());
  }

  /** Sets it, from 1; 2,000 of a client and 20,000 in total by default. */
  public QuotaOptions setEmits(long emits) {
    return put(settings.emits(), emits);
  }

  /**
   * How many bytes of events Redis may be keeping until their {@code retain} is over, and of
   * idempotency keys, which it keeps for a day. An event that takes the place of another counts
   * beside it.
   */
  public long getRetained() {
    return values.get(settings.retained());
  }

  /** Sets it, from 1 byte to 1 TiB; 128 MiB of a client and 512 MiB in total by default. */
  public QuotaOptions setRetained(long retained) {
    return put(settings.retained(), retained);
  }

  /** The setting that says how much of something there may be. */
  QuotaSettings settings() {
    return settings;
  }

  long get(Setting<Long> setting) {
    return values.get(setting);
  }

  private QuotaOptions put(Setting<Long> setting, long value) {
    values.set(setting, value);
    return this;
  }
}
