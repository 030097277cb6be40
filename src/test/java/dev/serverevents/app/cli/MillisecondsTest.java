package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** How durations are written on the command line. */
class MillisecondsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "500, 500",
    "500ms, 500",
    "10s, 10000",
    "5m, 300000",
    "2h, 7200000",
    "7d, 604800000"
  })
  void aDurationHasAUnitOrIsInMs(String text, long ms) {
    assertThat(new Milliseconds().convert(text)).isEqualTo(ms);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "s", "-1", "1.5s", "10 s", "10S", "1w", "1234567890123", "213503982335d"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> new Milliseconds().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "' must be a duration");
  }
}
