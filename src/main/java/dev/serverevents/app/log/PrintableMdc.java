package dev.serverevents.app.log;

import ch.qos.logback.classic.pattern.MDCConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.serverevents.internal.Printable;

/** {@code %mdc} without characters that forge a line or drive a terminal. */
public final class PrintableMdc extends MDCConverter {

  @Override
  public String convert(ILoggingEvent event) {
    return Printable.of(String.valueOf(super.convert(event)));
  }
}
