package dev.serverevents.internal.settings;

import static java.util.Objects.requireNonNull;

import io.vertx.core.json.JsonObject;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The values of the settings of one section; what is not given has its default. */
public final class Values {

  private final Section section;
  private final @Nullable Object[] given;

  /** All defaults. */
  public Values(Section section) {
    this.section = section;
    given = new Object[section.settings().size()];
  }

  /** A copy. */
  public Values(Values other) {
    section = other.section;
    given = other.given.clone();
  }

  /**
   * Reads the section's object. What it has besides is none of this method's business: see {@link
   * Settings#check}.
   *
   * @throws dev.serverevents.InvalidInputException if a value is not what it must be
   */
  public static Values of(Section section, JsonObject json) {
    return of(section, section.name(), json);
  }

  /** The same for an object that stands elsewhere, for example {@code http.keys[0]}. */
  public static Values of(Section section, String at, JsonObject json) {
    var values = new Values(section);
    for (var setting : section.settings()) {
      var value = json.getValue(setting.field());
      if (value != null) {
        var path = at.equals(section.name()) ? setting.path() : at + "." + setting.field();
        values.given[setting.index()] = setting.type().reader().read(path, value);
      }
    }
    return values;
  }

  /** The value of a setting that has a default or must be given. */
  public <T> T get(Setting<T> setting) {
    return requireNonNull(find(setting), setting.path());
  }

  /** The value of a setting, or null if it is not given and has no default. */
  @SuppressWarnings("unchecked") // what is put there has been read as its type
  public <T> @Nullable T find(Setting<T> setting) {
    var value = (T) given[setting.index()];
    return value == null ? setting.byDefault() : value;
  }

  /** Tells whether a setting is given, be it with its default. */
  public boolean has(Setting<?> setting) {
    return given[setting.index()] != null;
  }

  /**
   * Gives a setting a value.
   *
   * @throws dev.serverevents.InvalidInputException if that is not what it must be
   */
  public <T> void set(Setting<T> setting, Object value) {
    given[setting.index()] = setting.type().reader().read(setting.path(), value);
  }

  /** The section's object with all values, secret ones as well. */
  public JsonObject toJson() {
    return json((setting, json) -> put(setting, find(setting), json));
  }

  /** The same without those that are not given. */
  public JsonObject givenToJson() {
    return json(
        (setting, json) -> {
          if (has(setting)) {
            put(setting, find(setting), json);
          }
        });
  }

  private JsonObject json(BiConsumer<Setting<?>, JsonObject> put) {
    var json = new JsonObject();
    section.settings().forEach(setting -> put.accept(setting, json));
    return json;
  }

  @SuppressWarnings("unchecked") // the value is of this setting
  private static <T> void put(Setting<T> setting, @Nullable Object value, JsonObject json) {
    if (value != null) {
      json.put(setting.field(), setting.type().writer().apply((T) value));
    }
  }
}
