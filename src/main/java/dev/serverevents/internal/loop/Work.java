package dev.serverevents.internal.loop;

/** What is left to do of something that takes more than one event-loop turn. */
@FunctionalInterface
public interface Work {
  /** Does a part of it, and returns whether more is left. */
  boolean proceed();
}
