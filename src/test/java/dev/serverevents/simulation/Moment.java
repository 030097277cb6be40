package dev.serverevents.simulation;

/**
 * When something happened.
 *
 * @param order tells what was first of what happened at one time
 * @param ns by the clock
 */
record Moment(long order, long ns) {

  static final long NS_PER_MS = 1_000_000;

  boolean isBefore(Moment other) {
    return order < other.order;
  }

  @Override
  public String toString() {
    return "%.3f ms".formatted(ns / (double) NS_PER_MS);
  }
}
