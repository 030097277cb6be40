package dev.serverevents.simulation;

import java.util.function.LongFunction;

/**
 * Runs seeds, and tells of each what it violated, as text; empty if nothing. It has a form that is
 * the same for whoever has loaded other classes than these.
 */
public final class SeedRunner implements LongFunction<String>, AutoCloseable {

  private final World world = new World();

  /** Creates one, with a Vert.x of its own. */
  public SeedRunner() {}

  @Override
  public String apply(long seed) {
    var report = world.run(seed);
    return report.isGood()
        ? ""
        : "%s (trace %08x)".formatted(String.join("\n", report.violations()), report.hash());
  }

  @Override
  public void close() {
    world.close();
  }
}
