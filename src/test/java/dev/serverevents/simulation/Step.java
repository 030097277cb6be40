package dev.serverevents.simulation;

import java.util.SplittableRandom;
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

  /** One after which time passes or not, as it happens. */
  static Step of(Supplier<String> text, SplittableRandom random, Consumer<Simulation> action) {
    var what = random.nextInt(100);
    if (what < 35) {
      return new Step(text, 0, random.nextInt(12), action);
    }
    if (what < 45) {
      return new Step(text, 0, ALL, action);
    }
    if (what < 70) {
      return new Step(text, 1 + random.nextInt(20), ALL, action);
    }
    if (what < 90) {
      return new Step(text, 20 + random.nextInt(400), ALL, action);
    }
    return new Step(text, 400 + random.nextInt(3_000), ALL, action);
  }

  @Override
  public String toString() {
    var then = tasks == ALL ? "all that comes of it" : tasks + " tasks";
    return "%s; then %s".formatted(text.get(), ms > 0 ? ms + " ms" : then);
  }
}
