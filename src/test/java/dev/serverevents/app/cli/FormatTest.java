package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventArgs;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** What data looks like in each format. */
class FormatTest {

  private static final EventArgs ARGS =
      EventArgs.ofJson(Buffer.buffer("[ 4.20, \"a \\u0062\", {\"x\":[1]}, null]"));

  @Test
  void textHasOneArgumentInEachLineAndStringsWithoutQuotes() {
    assertThat(Format.TEXT.args(ARGS)).isEqualTo("4.2\na b\n{\"x\":[1]}\nnull");
    assertThat(Format.TEXT.args(EventArgs.of())).isEmpty();
  }

  @Test
  void jsonlHasOneLineAndJsonIsIndented() {
    assertThat(Format.JSONL.args(ARGS)).isEqualTo("[4.2,\"a b\",{\"x\":[1]},null]");
    assertThat(Format.JSON.value(new JsonObject().put("x", 1))).isEqualTo("{\n  \"x\" : 1\n}");
  }

  @Test
  void rawHasTheBytesOfThePublisher() {
    assertThat(Format.RAW.args(ARGS)).isEqualTo("[ 4.20, \"a \\u0062\", {\"x\":[1]}, null]");
  }

  @Test
  void noFormatRoundsANumber() {
    var large = EventArgs.ofJson(Buffer.buffer("[12345678901234567890123,0.12345678901234567891]"));
    for (var format : Format.values()) {
      assertThat(format.args(large)).contains("12345678901234567890123", "0.12345678901234567891");
    }
  }
}
