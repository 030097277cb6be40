package dev.serverevents.internal.settings;

import dev.serverevents.InvalidInputException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All the settings that may stand in one JSON object, and in the environment. */
public final class Settings {

  private final List<Section> sections;

  /** Those of some sections; several may have one name. */
  public Settings(Section... sections) {
    this.sections = List.of(sections);
  }

  /** All of them, in the order of their declaration. */
  public List<Setting<?>> all() {
    return sections.stream().<Setting<?>>flatMap(section -> section.settings().stream()).toList();
  }

  /**
   * Refuses what is none of them, for a misspelt one would be passed over in silence.
   *
   * @throws InvalidInputException names the first one and what it is nearest to, but not its value,
   *     which may be a secret
   */
  public void check(JsonObject json) {
    check("", json);
  }

  /** The same for the object of a section. */
  public void check(String section, JsonObject json) {
    for (var field : json.fieldNames()) {
      var path = section.isEmpty() ? field : section + "." + field;
      if (field.contains(".")) {
        throw new InvalidInputException(
            path, Undisclosed.NOT_SHOWN, "must not have a dot: it is a field in another object");
      }
      if (sections.stream().anyMatch(known -> known.name().equals(path))) {
        check(path, object(path, json.getValue(field)));
      } else if (all().stream()
          .noneMatch(setting -> setting.isInJson() && setting.path().equals(path))) {
        throw unknown(path, new NearestName(section, field));
      }
    }
  }

  /**
   * The same for an object that is one of many, of which there is one section.
   *
   * @param at how it is named, for example {@code http.keys[0]}
   */
  public void checkOne(String at, JsonObject json) {
    for (var field : json.fieldNames()) {
      if (all().stream().noneMatch(setting -> setting.field().equals(field))) {
        var nearest = new NearestName("", field);
        for (var setting : all()) {
          var path = at + "." + setting.field();
          nearest.consider("", setting.field(), path);
          setting.misnomers().forEach(name -> nearest.consider("", name, path));
        }
        throw unknown(at + "." + field, nearest.found());
      }
    }
  }

  private InvalidInputException unknown(String path, NearestName nearest) {
    sections.forEach(section -> nearest.consider("", section.name(), section.name()));
    for (var setting : all()) {
      var section = setting.section();
      var shown = setting.isInJson() ? setting.path() : setting.variable() + ", a variable";
      nearest.consider(section, setting.field(), shown);
      setting.misnomers().forEach(name -> nearest.consider(section, name, shown));
    }
    return unknown(path, nearest.found());
  }

  /**
   * Returns a JSON object, empty where there is none.
   *
   * @throws InvalidInputException if it is something else, of which no text is shown: it may be the
   *     secret that should stand in the object
   */
  public static JsonObject object(String path, @Nullable Object value) {
    return Undisclosed.object(path, value);
  }

  /** What is wrong with a field of {@code at}, if its known fields are those. */
  public static InvalidInputException unknown(String at, String field, Set<String> known) {
    var nearest = new NearestName("", field);
    known.forEach(name -> nearest.consider("", name, at + "." + name));
    return unknown(at + "." + field, nearest.found());
  }

  private static InvalidInputException unknown(String name, String nearest) {
    return new InvalidInputException(
        name, Undisclosed.NOT_SHOWN, "must be one of the settings; the nearest one is " + nearest);
  }

  /**
   * Puts the values of the environment in the place of those of the JSON; empty ones are passed
   * over.
   *
   * @param environment variables of which each must be one of these settings
   * @throws InvalidInputException names the first that is not, and what it is nearest to
   */
  public JsonObject withEnvironment(JsonObject json, Map<String, String> environment) {
    var variables = new TreeMap<String, Setting<?>>();
    all().stream()
        .filter(setting -> setting.variable() != null)
        .forEach(setting -> variables.put(String.valueOf(setting.variable()), setting));
    var merged = json.copy();
    new TreeMap<>(environment)
        .forEach(
            (name, text) -> {
              var setting = variables.get(name);
              if (setting == null) {
                throw unknownVariable(name);
              }
              if (!text.isEmpty() && setting.isInJson()) {
                put(merged, setting, text);
              } else if (!text.isEmpty()) {
                setting.type().reader().read(name, text); // others have read it already
              }
            });
    return merged;
  }

  private InvalidInputException unknownVariable(String name) {
    var nearest = new NearestName("", name);
    for (var setting : all()) {
      var section = setting.section();
      var variable = setting.variable();
      if (variable == null) {
        nearest.consider("", Setting.variable(setting.path()), setting.path() + ", in the file");
        continue;
      }
      nearest.consider("", variable, variable);
      Stream.concat(Stream.of(setting.field()), setting.misnomers().stream())
          .map(misnomer -> Setting.variable(Setting.path(section, misnomer)))
          .forEach(misnomer -> nearest.consider("", misnomer, variable));
    }
    return unknown(name, nearest.found());
  }

  private static void put(JsonObject json, Setting<?> setting, String text) {
    within(json, setting.section()).put(setting.field(), setting.type().fromEnvironment(text));
  }

  /** The object of a section, which is put where there is none. */
  private static JsonObject within(JsonObject json, String section) {
    if (section.isEmpty()) {
      return json;
    }
    var dot = section.lastIndexOf('.');
    var outer = within(json, section.substring(0, Math.max(0, dot)));
    var field = section.substring(dot + 1);
    var object = object(section, outer.getValue(field));
    outer.put(field, object);
    return object;
  }
}
