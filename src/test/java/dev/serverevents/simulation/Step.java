package dev.serverevents.simulation;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One step of a schedule.
 *
 * @param ms how much time passes after it
 * @param tasks how many tasks of the event loop are done after it where no time passes; -1 for all
 */
record Step(Supplier<String> text, long ms, int tasks, Consumer<Simulation> action) {

  static final int ALL = -1;

  @Override
  public String toString() {
    var then = tasks == ALL ? "all that comes of it" : tasks + " tasks";
    return "%s; then %s".formatted(text.get(), ms > 0 ? ms + " ms" : then);
  }
}
