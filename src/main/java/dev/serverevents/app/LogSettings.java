package dev.serverevents.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Sets up the log before the first logger is made. */
final class LogSettings {

  /** Logback's own setting; ours stands back, and is not where a library's user would get it. */
  private static final String LOGBACK = "logback.configurationFile";

  private static final String OURS = "dev/serverevents/app/logback.xml";

  private static final String VARIABLE = "SERVER_EVENTS_LOG";

  /** The names of the appenders, as {@link ServerSettings.Log} has them. */
  private static final List<String> FORMATS = List.of("text", "json");

  /** Who tells of attempts to reach Redis, which are the loggers of a package. */
  private static final String ATTEMPTS = "dev.serverevents.internal.redis";

  private LogSettings() {}

  /** Uses nothing but strings, for many a class makes a logger when it is loaded. */
  static void apply(Map<String, String> environment) {
    if (System.getProperty(LOGBACK) == null) {
      System.setProperty(LOGBACK, OURS);
    }
    if (!FORMATS.contains(environment.getOrDefault(VARIABLE, ""))) {
      // Logback prefers a property to the variable; what is wrong with that is told in text
      System.setProperty(VARIABLE, FORMATS.get(0));
    }
  }

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
