package dev.serverevents.app.log;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.serverevents.internal.Printable;

/** {@code %msg} without characters that forge a line or drive a terminal. */
public final class PrintableMessage extends MessageConverter {

  @Override
  public String convert(ILoggingEvent event) {
    return Printable.of(String.valueOf(super.convert(event)));
  }
}
