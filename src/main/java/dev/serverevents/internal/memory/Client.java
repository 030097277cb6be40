package dev.serverevents.internal.memory;

/** Whoever makes connections to the memory. It may be told on any thread. */
interface Client {

  /** Makes the next attempt now that would be made later. */
  void retryNow();

  /** The memory refuses, or does so no more. */
  void refusalChanged();
}
