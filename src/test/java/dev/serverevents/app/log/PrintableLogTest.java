package dev.serverevents.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One event whose every part was chosen by a client who wants to forge a line. */
class PrintableLogTest {

  private static final String FORGED = "x\nforged\r\u001b[31m\u009b\u2028";

  private static ILoggingEvent event(LoggerContext context) {
    var thrown = new IllegalStateException(FORGED, new IllegalArgumentException(FORGED));
    thrown.addSuppressed(new IllegalArgumentException(FORGED));
    var logger = context.getLogger("test");
    var event = new LoggingEvent("", logger, Level.INFO, "{}", thrown, new Object[] {FORGED});
    event.setMDCPropertyMap(Map.of("name", FORGED));
    return event;
  }

  private static String log(Encoder<ILoggingEvent> encoder, LoggerContext context) {
    return new String(encoder.encode(event(context)), StandardCharsets.UTF_8);
  }

  private static void assertNothingIsForged(String log) {
    assertThat(log.split("\n", -1))
        .noneMatch(line -> line.startsWith("forged"))
        .allSatisfy(
            line -> assertThat(line.replace("\t", "")).doesNotContainPattern("\\p{Cc}|\u2028"));
  }

  @Test
  void asTextNoLineIsForged() {
    var context = new LoggerContext();
    var log = log(LogConfigurator.text(context), context);
    assertNothingIsForged(log);
    assertThat(log)
        .contains(" - x\\u000aforged\\u000d\\u001b[31m\\u009b\\u2028 name=x\\u000aforged")
        .contains("\njava.lang.IllegalStateException: x\\u000aforged")
        .contains("\tSuppressed: java.lang.IllegalArgumentException: x\\u000aforged")
        .contains("\nCaused by: java.lang.IllegalArgumentException: x\\u000aforged")
        .contains("\n\tat ");
  }

  @Test
  void asJsonItIsOneLineThatMeansTheSame() {
    var context = new LoggerContext();
    var log = log(LogConfigurator.json(context), context);
    assertNothingIsForged(log);
    assertThat(log).endsWith("}\n").containsOnlyOnce("\n");
    var json = new JsonObject(log);
    assertThat(json.getJsonObject("mdc").getString("name")).isEqualTo(FORGED);
    assertThat(json.getJsonObject("throwable").getString("message")).isEqualTo(FORGED);
  }
}
