package dev.serverevents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void whatForgesALineOrDrivesATerminalIsEscaped() {
    assertThat(Printable.of("a\nb\r\tc\u001b[31m\u007f\u009b"))
        .isEqualTo("a\\u000ab\\u000d\\u0009c\\u001b[31m\\u007f\\u009b");
    assertThat(Printable.of("\u0085\u2028\u2029\u202e\u200b\ufeff"))
        .isEqualTo("\\u0085\\u2028\\u2029\\u202e\\u200b\\ufeff");
    assertThat(Printable.of("\ud800x")).isEqualTo("\\ud800x");
    assertThat(Printable.of("\udb40\udc41")).isEqualTo("\\udb40\\udc41");
  }

  @Test
  void anythingElseStaysAsItIs() {
    var text = "pi event \u00fc \u4e16 \ud83d\ude00 \\ \"";
    assertThat(Printable.of(text)).isSameAs(text);
  }
}
