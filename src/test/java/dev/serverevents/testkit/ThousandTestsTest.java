package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Figures;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the tests of a user take: a thousand of them, each with a kit of its own, are measured. */
@ExtendWith(ServerEventsExtension.class)
class ThousandTestsTest {

  private static final int TESTS = 1_000;
  private static final Duration DAY = Duration.ofHours(24);

  private static long begin;

  @BeforeAll
  static void begin() {
    begin = System.nanoTime();
  }

  @RepeatedTest(TESTS)
  void oneOfAThousand(InMemoryServerEvents kit, ServerEvents events, RepetitionInfo repetition) {
    var id = repetition.getCurrentRepetition();
    switch (id % 4) {
      case 0 -> {
        kit.answer("job", job -> EventArgs.of(job.id(), "done"));
        var wait = events.on("job", id);
        kit.settle();
        assertThat(wait.result()).isEqualTo(EventArgs.of(String.valueOf(id), "done"));
      }
      case 1 -> {
        kit.fail("job", 422, "no such thing");
        var wait = events.request("job", id, kit::take);
        kit.settle();
        assertThat(Cause.of(wait.cause())).isEqualTo(Cause.FAILURE);
      }
      case 2 -> {
        var wait = events.on("job", id, WaitOptions.DEFAULT.timeout(5_000));
        kit.clock().advance(Duration.ofSeconds(6));
        assertThat(Cause.of(wait.cause())).isEqualTo(Cause.NO_EVENT);
      }
      default -> {
        kit.redisDown();
        var wait = events.on("job", id, WaitOptions.DEFAULT.timeout(5_000));
        kit.clock().advance(Duration.ofSeconds(10));
        assertThat(Cause.of(wait.cause())).isEqualTo(Cause.REDIS_AWAY);
      }
    }
    kit.assertNothingPending();
  }

  @Test
  void aDayIsOverSoon(InMemoryServerEvents kit, ServerEvents events) {
    var before = System.nanoTime();
    var wait = events.on("job", 1, DAY);
    kit.clock().advance(DAY.plusSeconds(1));
    var took = Figures.msSince(before); // the classes of the assertions are not loaded yet
    assertThat(Cause.of(wait.cause())).isEqualTo(Cause.NO_EVENT);
    Figures.print("a timeout of 24 h takes " + took + " ms");
  }

  @AfterAll
  static void print() {
    var ms = Figures.msSince(begin);
    var jvm = ManagementFactory.getRuntimeMXBean().getUptime();
    Figures.print(
        "%,d tests of the kit take %,d ms, %,d ms after the start of the JVM"
            .formatted(TESTS, ms, jvm));
  }
}
