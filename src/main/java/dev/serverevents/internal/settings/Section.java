package dev.serverevents.internal.settings;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The settings of one object of the JSON, in the order in which they are declared. */
public final class Section {

  private final String name;
  private final List<Setting<?>> settings = new ArrayList<>();

  /** Begins one; its name is the field in which its object stands, or empty at the top. */
  public Section(String name) {
    this.name = name;
  }

  /** Its name, which is empty at the top. */
  public String name() {
    return name;
  }

  /** Its settings. */
  public List<Setting<?>> settings() {
    return Collections.unmodifiableList(settings);
  }

  /** Begins to declare a setting. */
  public <T> Setting.Declaration<T> declare(String field, SettingType<T> type) {
    return new Setting.Declaration<>(name, field, type, settings.size(), settings::add);
  }

  /** What of an object belongs to it, where the object has settings of others as well. */
  public JsonObject part(JsonObject json) {
    var part = new JsonObject();
    settings.stream()
        .filter(setting -> json.containsKey(setting.field()))
        .forEach(setting -> part.put(setting.field(), json.getValue(setting.field())));
    return part;
  }
}
