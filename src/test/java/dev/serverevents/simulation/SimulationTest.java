package dev.serverevents.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulationTest {
  @Test
  void runs() {
    try (var world = new World()) {
      var seeds = Long.getLong("simulation.seeds", 1000);
      var bad = 0;
      var began = System.nanoTime();
      for (var seed = 0L; seed < seeds; seed++) {
        var report = world.run(seed);
        if (!report.isGood() && bad++ < 12) {
          System.out.println(report.text());
        }
      }
      System.out.println("seeds " + seeds + " bad " + bad + " in " + (System.nanoTime() - began) / 1_000_000 + " ms");
      assertThat(bad).isZero();
    }
  }
}
