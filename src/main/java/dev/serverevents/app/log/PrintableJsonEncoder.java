package dev.serverevents.app.log;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.serverevents.internal.Printable;
import java.nio.charset.StandardCharsets;

/**
 * Logback's JSON, in which the control characters beyond ASCII are escaped as well: JSON needs no
 * more than the first 32, but a terminal takes others.
 */
public final class PrintableJsonEncoder extends JsonEncoder {

  @Override
  public byte[] encode(ILoggingEvent event) {
    var line = new String(super.encode(event), StandardCharsets.UTF_8).stripTrailing();
    return (Printable.of(line) + '\n').getBytes(StandardCharsets.UTF_8);
  }
}
