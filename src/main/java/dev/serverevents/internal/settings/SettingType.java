package dev.serverevents.internal.settings;

import static java.util.Objects.requireNonNull;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The values that a setting may have: how one is read, and what is said about them.
 *
 * @param <T> what a value is in Java
 * @param values what is said, for example {@code 1 to 65,535}
 * @param secret whether a value may be shown to nobody, not even when it is wrong
 */
public record SettingType<T>(
    Reader<T> reader, Function<T, Object> writer, String values, boolean list, boolean secret) {

  /** Reads a value of the JSON, or the text of the environment. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads one.
     *
     * @param path names the setting in the message of a failure
     * @throws InvalidInputException if it is not what it must be
     */
    T read(String path, @Nullable Object value);
  }

  /** The last port that there is. */
  public static final int MAX_PORT = 65_535;

  /** Scheme and host, and maybe a port. */
  private static final Pattern ORIGIN =
      Pattern.compile("\\*|https?://(?:[a-z0-9.-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?");

  /** Browsers do not write it. */
  private static final Pattern DEFAULT_PORT =
      Pattern.compile("^(http://.+(?=:80$)|https://.+(?=:443$)):[0-9]+$");

  private static final String TEXT = "must be a string that is not empty";

  private static <T> SettingType<T> of(Reader<T> reader, String values) {
    return new SettingType<>(reader, value -> value, values, false, false);
  }

  /** An integer from {@code min} to {@code max}; {@code unit} may be empty. */
  public static SettingType<Long> integer(long min, long max, String unit) {
    var values = String.format(Locale.ROOT, "%,d to %,d %s", min, max, unit).strip();
    return of((path, value) -> Fields.integer(path, value, min, max), values);
  }

  /** {@code true} or {@code false}. */
  public static SettingType<Boolean> flag() {
    return of(Fields::flag, "true or false");
  }

  /** Any text but the empty one. */
  public static SettingType<String> text(String values) {
    return of(Fields::string, values);
  }

  /** A text that is nowhere shown. */
  public static SettingType<String> secret(String values) {
    return new SettingType<>(SettingType::secret, value -> value, values, false, true);
  }

  private static String secret(String path, @Nullable Object value) {
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw new InvalidInputException(path, Undisclosed.NOT_SHOWN, TEXT);
  }

  /** One of the constants of an enum, in lower case. */
  public static <E extends Enum<E>> SettingType<E> choice(Class<E> constants) {
    var all = byName(constants);
    return new SettingType<>(
        (path, value) -> choose(path, value, all),
        SettingType::name,
        names(all.keySet(), "`", ", "),
        false,
        false);
  }

  /** One of some words. */
  public static SettingType<String> word(List<String> words) {
    return new SettingType<>(
        (path, value) -> choose(path, value, words),
        word -> word,
        names(words, "`", ", "),
        false,
        false);
  }

  private static String choose(String path, @Nullable Object value, List<String> words) {
    if (value instanceof String word && words.contains(word)) {
      return word;
    }
    throw new InvalidInputException(path, value, "must be " + names(words, "\"", " or "));
  }

  /** A list of different constants of an enum; in the environment it has commas. */
  public static <E extends Enum<E>> SettingType<List<E>> choices(Class<E> constants) {
    var all = byName(constants);
    return list(
        (path, value) -> choose(path, value instanceof String text ? text.strip() : value, all),
        SettingType::name,
        "a list of " + names(all.keySet(), "`", ", "),
        false);
  }

  /** A list of texts; in the environment it has commas. */
  public static SettingType<List<String>> texts(String values) {
    return list(Fields::string, text -> text, values, false);
  }

  /** A list of origins, as browsers write them, or {@code *} for any; in the environment commas. */
  public static SettingType<List<String>> origins(String values) {
    return list(SettingType::origin, origin -> origin, values, false);
  }

  private static String origin(String path, @Nullable Object value) {
    var text = value instanceof String given ? given.strip().toLowerCase(Locale.ROOT) : "";
    var origin = ORIGIN.matcher(text);
    if (!origin.matches()) {
      throw new InvalidInputException(
          path, value, "must be an origin, for example \"https://app.example:8443\", or \"*\"");
    }
    if (origin.group(1) != null) {
      Fields.integer(path + "'s port", origin.group(1), 1, MAX_PORT);
    }
    return DEFAULT_PORT.matcher(text).replaceFirst("$1");
  }

  /** A list of texts that are nowhere shown. */
  public static SettingType<List<String>> secrets(String values) {
    return list(SettingType::secret, text -> text, values, true);
  }

  /** A JSON array, of which somebody else checks what is in it. */
  public static SettingType<JsonArray> array(String values) {
    return of(Undisclosed::array, values);
  }

  /** A JSON object, of which somebody else checks what is in it. */
  public static SettingType<JsonObject> object(String values) {
    return of(Undisclosed::object, values);
  }

  private static <T> SettingType<List<T>> list(
      Reader<T> reader, Function<T, Object> writer, String values, boolean secret) {
    return new SettingType<>(
        (path, value) ->
            (secret ? Undisclosed.array(path, value) : Fields.array(path, value))
                .stream().map(element -> reader.read(path, element)).distinct().toList(),
        list -> new JsonArray(list.stream().map(writer).toList()),
        values,
        true,
        secret);
  }

  private static <E extends Enum<E>> E choose(
      String path, @Nullable Object value, Map<String, E> all) {
    return requireNonNull(all.get(choose(path, value, List.copyOf(all.keySet()))));
  }

  private static <E extends Enum<E>> Map<String, E> byName(Class<E> constants) {
    var all = new LinkedHashMap<String, E>();
    Stream.of(constants.getEnumConstants()).forEach(constant -> all.put(name(constant), constant));
    return all;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String names(Collection<String> all, String quote, String separator) {
    return all.stream().map(name -> quote + name + quote).collect(Collectors.joining(separator));
  }

  /** Makes the JSON of a variable of the environment. */
  Object fromEnvironment(String text) {
    return list ? new JsonArray(List.of(text.split(",", -1))) : text;
  }
}
