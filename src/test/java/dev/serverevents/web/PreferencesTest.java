package dev.serverevents.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencesTest {

  private static final String ALPHABET = "wait=respond-async 0129,;\"\\\t";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wait=10 | 10 | false",
        "WAIT = 10 | 10 | false",
        "wait=\"10\" | 10 | false",
        "wait=0 | 0 | false",
        "respond-async | | true",
        "Respond-Async, wait=5 | 5 | true",
        "wait=5,respond-async | 5 | true",
        "wait=5; x=1; y, respond-async; z=\"a,b\" | 5 | true",
        ", ,wait=7 | 7 | false",
        "foo=\"a, wait=3\", wait=4 | 4 | false",
        "wait=1, wait=2 | 1 | false",
        "return=minimal; foo=\"some parameter\", wait=100 | 100 | false",
      })
  void whatIsPreferredIsRead(String header, Long seconds, boolean respondAsync) {
    assertThat(Preferences.of(List.of(header))).isEqualTo(new Preferences(seconds, respondAsync));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "wait",
        "wait=",
        "wait=-1",
        "wait=1.5",
        "wait=abc",
        "wait=9999999999",
        "\"wait=1\"",
        "=1",
        "wait=\"1"
      })
  void whatIsUnknownOrMalformedIsIgnored(String header) {
    assertThat(Preferences.of(List.of(header))).isEqualTo(new Preferences(null, false));
  }

  @Test
  void severalHeadersAreOneList() {
    assertThat(Preferences.of(List.of("x", "wait=1", "wait=2, respond-async")))
        .isEqualTo(new Preferences(1L, true));
    assertThat(Preferences.of(List.of())).isEqualTo(new Preferences(null, false));
  }

  @Test
  void aWaitIsCutToTheMaximum() {
    assertThat(new Preferences(100L, false).waitMs(60_000)).isEqualTo(60_000);
    assertThat(new Preferences(2L, false).waitMs(60_000)).isEqualTo(2_000);
    assertThat(new Preferences(0L, false).waitMs(60_000)).isEqualTo(1);
    assertThat(new Preferences(null, false).waitMs(60_000)).isNull();
  }

  @Test
  void anyHeaderIsRead() {
    var random = new Random(7240);
    for (var i = 0; i < 100_000; i++) {
      var header = new StringBuilder();
      for (var n = random.nextInt(40); n > 0; n--) {
        header.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
      var seconds = Preferences.of(List.of(header.toString())).seconds();
      assertThat(seconds == null || header.toString().contains(String.valueOf(seconds % 10)))
          .isTrue();
    }
  }

  @Test
  void aHostileHeaderIsReadInLinearTime() {
    assertThat(Preferences.of(List.of("\\\"".repeat(50_000))).seconds()).isNull();
    assertThat(Preferences.of(List.of("a=\"" + "\\\\".repeat(50_000))).seconds()).isNull();
    assertThat(Preferences.of(List.of("a;\"\"".repeat(50_000) + "\"")).seconds()).isNull();
  }
}
