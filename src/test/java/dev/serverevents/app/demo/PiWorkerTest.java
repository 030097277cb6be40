package dev.serverevents.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class PiWorkerTest {

  private static final String PI =
      "3.14159265358979323846264338327950288419716939937510"
          + "58209749445923078164062862089986280348253421170679";

  @Test
  void digitsAreCutAndNotRounded() {
    assertThat(PiWorker.pi(1, () -> false)).isEqualTo("3");
    for (var digits = 2; digits <= 101; digits++) {
      assertThat(PiWorker.pi(digits, () -> false)).isEqualTo(PI.substring(0, digits + 1));
    }
    assertThat(PiWorker.pi(10_000, () -> false)).endsWith("525637567");
  }

  @Test
  void aJobThatIsCancelledStops() {
    assertThatThrownBy(() -> PiWorker.pi(10_000, () -> true))
        .isInstanceOf(CancellationException.class);
  }
}
