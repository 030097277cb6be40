package dev.serverevents.internal.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One setting, as it is declared.
 *
 * @param <T> what a value is in Java
 */
public final class Setting<T> {

  private static final String PREFIX = "SERVER_EVENTS_";
  private static final Pattern CAPITAL = Pattern.compile("([a-z0-9])([A-Z])");

  private final String section;
  private final String field;
  private final SettingType<T> type;
  private final @Nullable T byDefault;
  private final String shownDefault;
  private final @Nullable String variable;
  private final boolean inJson;
  private final List<String> misnomers;
  private final String says;
  private final int index;

  private Setting(Declaration<T> declared, String says) {
    section = declared.section;
    field = declared.field;
    type = declared.type;
    byDefault = declared.byDefault;
    shownDefault = declared.shownDefault;
    variable = declared.variable;
    inJson = declared.inJson;
    misnomers = List.copyOf(declared.misnomers);
    this.says = says;
    index = declared.index;
  }

  /** The object of the JSON in which it stands, by the name of its section. */
  public String section() {
    return section;
  }

  /** Its field there. */
  public String field() {
    return field;
  }

  /** Section and field, as messages and documents name it: {@code redis.port}. */
  public String path() {
    return path(section, field);
  }

  /** Its variable in the environment of the runnable server, or null if it has none. */
  public @Nullable String variable() {
    return variable;
  }

  /** Whether it may stand in the JSON. */
  public boolean isInJson() {
    return inJson;
  }

  /** What its value may be. */
  public SettingType<T> type() {
    return type;
  }

  /** The value that it has where nobody sets it, or null if it has none. */
  public @Nullable T byDefault() {
    return byDefault;
  }

  /** The default as documents show it; empty if there is none. */
  public String shownDefault() {
    return shownDefault;
  }

  /** What it is, in one sentence or two. */
  public String says() {
    return says;
  }

  /** What it is called by mistake, besides its field. */
  List<String> misnomers() {
    return misnomers;
  }

  /** Its place among those of its section. */
  int index() {
    return index;
  }

  @Override
  public String toString() {
    return path();
  }

  /** How messages name a field of a section. */
  static String path(String section, String field) {
    return section.isEmpty() ? field : section + "." + field;
  }

  /** The variable of the environment that a path has unless it is given another one. */
  static String variable(String path) {
    var words = CAPITAL.matcher(path).replaceAll("$1_$2").replace('.', '_');
    return PREFIX + words.toUpperCase(Locale.ROOT);
  }

  /**
   * A setting that is being declared: {@link #says} ends it.
   *
   * @param <T> what a value is in Java
   */
  public static final class Declaration<T> {

    private final String section;
    private final String field;
    private final SettingType<T> type;
    private final int index;
    private final List<String> misnomers = new ArrayList<>();
    private final Consumer<Setting<?>> declared;
    private @Nullable T byDefault;
    private String shownDefault = "";
    private @Nullable String variable;
    private boolean inJson = true;

    Declaration(
        String section,
        String field,
        SettingType<T> type,
        int index,
        Consumer<Setting<?>> declared) {
      this.section = section;
      this.field = field;
      this.type = type;
      this.index = index;
      this.declared = declared;
      variable = Setting.variable(path(section, field));
    }

    /** Gives it a default. */
    public Declaration<T> byDefault(T value) {
      byDefault = value;
      shownDefault =
          value instanceof Long number
              ? String.format(Locale.ROOT, "%,d", number)
              : String.valueOf(type.writer().apply(value));
      return this;
    }

    /** Says in other words what its default is. */
    public Declaration<T> shownDefault(String words) {
      shownDefault = words;
      return this;
    }

    /** Gives it another variable than that of its path. */
    public Declaration<T> variable(String name) {
      variable = name;
      return this;
    }

    /** Takes its variable away: its value is no single text. */
    public Declaration<T> onlyInJson() {
      variable = null;
      return this;
    }

    /** Keeps it out of the JSON: it is needed before that is read. */
    public Declaration<T> onlyInEnvironment() {
      inJson = false;
      return this;
    }

    /** Names what it may be called by mistake. */
    public Declaration<T> notCalled(String... names) {
      misnomers.addAll(List.of(names));
      return this;
    }

    /** Says what it is, in a sentence or two, and declares it. */
    public Setting<T> says(String words) {
      var setting = new Setting<>(this, words);
      declared.accept(setting);
      return setting;
    }
  }
}
