package dev.serverevents.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The simulation finds faults that are seeded in the library. */
@Tag("long")
class MutationsTest {

  private static final long SEEDS = 10_000;

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.serverevents");

  @BeforeAll
  static void beQuiet() {
    LOG.setLevel(Level.OFF); // each fault is logged
  }

  @AfterAll
  static void beLoud() {
    LOG.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource
  void aMutationIsFoundAndItsSeedReplaysExactly(
      Mutation mutation, @TempDir Path first, @TempDir Path second) throws Exception {
    var searching = MutatedClasses.runner(mutation, first);
    var found =
        LongStream.range(0, SEEDS)
            .filter(seed -> !searching.apply(seed).isEmpty())
            .findFirst()
            .orElse(-1);
    assertThat(found).as("the seed that finds %s", mutation).isNotNegative();
    var violated = searching.apply(found);
    close(searching);
    System.out.printf(
        "%s: seed %d: %s%n", mutation, found, violated.lines().findFirst().orElse(""));

    var replaying = MutatedClasses.runner(mutation, second);
    assertThat(replaying.apply(found)).isEqualTo(violated).isNotEmpty();
    close(replaying);
    try (var unchanged = new SeedRunner()) {
      assertThat(unchanged.apply(found)).isEmpty();
    }
  }

  private static void close(LongFunction<String> runner) throws Exception {
    ((AutoCloseable) runner).close();
  }
}
