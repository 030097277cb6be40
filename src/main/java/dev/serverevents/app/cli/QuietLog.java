package dev.serverevents.app.cli;

import dev.serverevents.app.log.LogConfigurator;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * No log at all: a command says itself what there is to say, and setting a log up would take it
 * longer than an emit does. With {@code --verbose}, the log is on standard error.
 */
public final class QuietLog implements SLF4JServiceProvider {

  private static final String VERSION = "2.0.99";

  private final BasicMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter mdc = new NOPMDCAdapter();

  /** Called by SLF4J, which looks for it by its name. */
  public QuietLog() {}

  /** Decides about the log, which is possible before the first logger is made. */
  static void install(boolean verbose) {
    if (verbose) {
      System.setProperty(LogConfigurator.TARGET, "System.err");
    } else {
      System.setProperty("slf4j.provider", QuietLog.class.getName());
      System.setProperty("slf4j.internal.verbosity", "WARN"); // it would tell of this choice
    }
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> NOPLogger.NOP_LOGGER;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return mdc;
  }

  @Override
  public String getRequestedApiVersion() {
    return VERSION;
  }

  @Override
  public void initialize() {
    // nothing to do
  }
}
