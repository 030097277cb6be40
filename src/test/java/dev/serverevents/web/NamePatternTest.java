package dev.serverevents.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {

  private static final int CASES = 100_000;

  @ParameterizedTest
  @CsvSource({
    "orders.*, orders.new, true",
    "orders.*, orders., true",
    "orders.*, orders, false",
    "orders.*, x.orders.new, false",
    "*, anything, true",
    "*.done, a.done, true",
    "*.done, .done, true",
    "*.done, done, false",
    "a*a, a, false",
    "a*a, aa, true",
    "a*b*c, abc, true",
    "a*b*c, ac, false",
    "*ab*ab, abab, true",
    "*ab*ab, ab, false",
    "**, x, true",
    "plain, plain, true",
    "plain, plainer, false",
    "a.c, abc, false"
  })
  void anAsteriskStandsForAnyText(String pattern, String name, boolean fits) {
    assertThat(new NamePattern(pattern).matches(name)).isEqualTo(fits);
  }

  @Test
  void itSaysWhatARegularExpressionWouldSay() {
    var random = new Random(14);
    for (var i = 0; i < CASES; i++) {
      var pattern = text(random, "ab*", 6);
      var name = text(random, "ab", 8);
      var expected = regex(pattern).matcher(name).matches();
      assertThat(new NamePattern(pattern).matches(name))
          .as("%s matches %s", pattern, name)
          .isEqualTo(expected);
    }
  }

  private static String text(Random random, String alphabet, int longest) {
    return random
        .ints(random.nextInt(longest + 1), 0, alphabet.length())
        .mapToObj(i -> alphabet.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  private static Pattern regex(String pattern) {
    return Pattern.compile(
        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
  }
}
