package dev.serverevents.testing;

/** The JVM that runs these tests, one of several that Maven runs beside each other. */
final class Fork {

  /** From 1; 0 where Maven did not start it. */
  static final int NUMBER = Integer.getInteger("surefire.forkNumber", 0);

  private Fork() {}
}
