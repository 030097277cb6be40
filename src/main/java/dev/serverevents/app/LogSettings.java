package dev.serverevents.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.serverevents.app.log.LogConfigurator;
import org.slf4j.LoggerFactory;

/** What a start and an end change about the log; {@link LogConfigurator} sets it up. */
final class LogSettings {

  /** Who tells of attempts to reach Redis, which are the loggers of a package. */
  private static final String ATTEMPTS = "dev.serverevents.internal.redis";

  private LogSettings() {}

  /**
   * Returns when all that was logged is written, or a second has passed. Nothing is logged then.
   */
  static void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) { // most commands have none
      log.stop();
    }
  }

  /**
   * Runs a start, of which only the outcome is told: each attempt to reach Redis would say the
   * same.
   */
  static void withoutAttempts(Runnable start) {
    var attempts = (Logger) LoggerFactory.getLogger(ATTEMPTS);
    var level = attempts.getLevel();
    attempts.setLevel(Level.ERROR);
    try {
      start.run();
    } finally {
      attempts.setLevel(level);
    }
  }
}
