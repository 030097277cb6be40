package dev.serverevents.testing;

import java.util.Locale;

/** What is behind the verticles of a test. */
public enum Backend {
  REDIS,
  MEMORY;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
