package dev.serverevents.app.cli;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 500}, {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h} or {@code 7d} as ms. */
final class Milliseconds implements ITypeConverter<Long> {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,11})(ms|s|m|h|d)?");
  private static final Map<String, Long> UNITS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  @Override
  public Long convert(String text) {
    var duration = FORM.matcher(text);
    if (!duration.matches()) {
      throw new TypeConversionException(
          "'" + text + "' must be a duration: 500 or 500ms, 10s, 5m, 2h, 7d");
    }
    var unit = duration.group(2);
    return Long.parseLong(duration.group(1)) * (unit == null ? 1 : UNITS.getOrDefault(unit, 1L));
  }

  /** A duration for people, in its largest unit; nothing for null. */
  static String text(@Nullable Long ms) {
    if (ms == null) {
      return "";
    }
    var unit =
        Stream.of("d", "h", "m", "s")
            .filter(each -> ms >= UNITS.getOrDefault(each, 0L))
            .findFirst()
            .orElse("ms");
    return ms / UNITS.getOrDefault(unit, 1L) + unit;
  }
}
