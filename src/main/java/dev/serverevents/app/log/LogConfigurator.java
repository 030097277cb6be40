package dev.serverevents.app.log;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/**
 * The log of the runnable server, set up when the first logger is made. Logback finds it as a
 * service of the jar. It is code, since XML takes a parser and makes each start longer. Whoever
 * names a file by Logback's own setting, {@code logback.configurationFile}, gets what is in there.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {

  /** The system property with the stream to write to: System.out or System.err. */
  public static final String TARGET = "log.target";

  /** With {@code json}, each line is a JSON object; a wrong value is told of in text. */
  private static final String FORMAT = "SERVER_EVENTS_LOG";

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0} - %msg %mdc%n%ex";

  /** Creates one, for Logback. */
  public LogConfigurator() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    // Vert.x registers a gauge for each of its clients, which Micrometer remarks
    context.getLogger("io.micrometer.core.instrument.MeterRegistry").setLevel(Level.ERROR);
    // Netty remarks that java.io.tmpdir cannot be written: it has libraries there we do without
    context.getLogger("io.netty.util.internal.PlatformDependent").setLevel(Level.ERROR);
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(output(context));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static NonBlockingAppender output(LoggerContext context) {
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(context);
    console.setTarget(System.getProperty(TARGET, "System.out"));
    console.setEncoder("json".equals(System.getenv(FORMAT)) ? json(context) : text(context));
    console.start();
    var output = new NonBlockingAppender();
    output.setContext(context);
    output.setName("output");
    output.addAppender(console);
    output.start();
    return output;
  }

  /** Names and the like are of clients: nothing of them may forge a line or drive a terminal. */
  static Encoder<ILoggingEvent> text(LoggerContext context) {
    var layout = new PatternLayout();
    layout.setContext(context);
    var converters = layout.getInstanceConverterMap();
    converters.put("msg", PrintableMessage::new);
    converters.put("mdc", PrintableMdc::new);
    converters.put("ex", PrintableThrowable::new);
    layout.setPattern(PATTERN);
    layout.start();
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    return encoder;
  }

  /** Has name and id of a request's event in {@code mdc}. */
  static Encoder<ILoggingEvent> json(LoggerContext context) {
    var encoder = new PrintableJsonEncoder();
    encoder.setContext(context);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.start();
    return encoder;
  }
}
