package dev.serverevents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testkit.InMemoryServerEvents;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What was asked before the time of a wait was over does not prove that it has timed out. */
class EarlyProofTest {

  private static final WaitOptions NEEDING = WaitOptions.DEFAULT.requireWorker();

  @Test
  void anEventOfTheTimeAfterAnEarlyProofWasAskedForIsHeard() {
    try (var kit = InMemoryServerEvents.create()) {
      kit.slow(Duration.ofMillis(150));
      var wait = kit.events().listen("job", 1, NEEDING.timeout(420));
      kit.clock().advance(Duration.ofMillis(250));
      assertThat(wait.subscribed().succeeded()).isTrue(); // and asks what is on its way
      var emitted = kit.events().emit("job", 1, "done");
      kit.clock().advance(Duration.ofMillis(150));
      assertThat(emitted.result()).isEqualTo(1);
      assertThat(wait.future().isComplete()).isFalse();

      kit.clock().advance(Duration.ofMillis(200));
      assertThat(wait.future().result()).isEqualTo(EventArgs.of("done"));
      kit.clock().advance(Duration.ofMillis(150));
      kit.assertNothingPending();
    }
  }

  @Test
  void aWaitWhoseTimeEndsWhileItAsksForAWorkersSakeTimesOut() {
    try (var kit = InMemoryServerEvents.create()) {
      kit.slow(Duration.ofMillis(150));
      var wait = kit.events().listen("job", 1, NEEDING.timeout(400));
      kit.clock().advance(Duration.ofSeconds(1));
      assertThat(Cause.of(wait.future().cause())).isEqualTo(Cause.NO_EVENT);
      kit.assertNothingPending();
    }
  }

  @Test
  void aWaitWithoutAWorkerEndsOnceNothingIsOnItsWay() {
    try (var kit = InMemoryServerEvents.create()) {
      kit.slow(Duration.ofMillis(150));
      var wait = kit.events().listen("job", 1, NEEDING.timeout(4_000));
      kit.clock().advance(Duration.ofMillis(449));
      assertThat(wait.future().isComplete()).isFalse();
      kit.clock().advance(Duration.ofMillis(1));
      assertThat(Cause.of(wait.future().cause())).isEqualTo(Cause.NO_WORKER);
      kit.clock().advance(Duration.ofMillis(150));
      kit.assertNothingPending();
    }
  }
}
