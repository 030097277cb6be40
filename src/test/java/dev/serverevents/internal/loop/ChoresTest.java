package dev.serverevents.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@OnBothBackends
class ChoresTest {

  private static final int MANY = 200;
  private static final long EACH_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private static void work() {
    var began = System.nanoTime();
    while (System.nanoTime() - began < EACH_NS) {
      Thread.onSpinWait();
    }
  }

  @Test
  void allAreDoneInTheirOrderAndTimersComeInBetween(Server server) {
    var vertx = server.vertx();
    var done = new ArrayList<Integer>();
    var doneAtTimer = new AtomicInteger(-1);
    var count = new AtomicInteger();
    vertx.runOnContext(
        turn -> {
          for (var i = 0; i < MANY; i++) {
            var chore = i;
            Chores.add(
                vertx,
                () -> {
                  work();
                  done.add(chore);
                  count.incrementAndGet();
                });
          }
          vertx.setTimer(1, timer -> doneAtTimer.set(done.size()));
        });
    Await.until(() -> count.get() == MANY);
    assertThat(doneAtTimer.get()).isBetween(0, MANY - 1);
    assertThat(done).isEqualTo(IntStream.range(0, MANY).boxed().toList());
  }

  @Test
  void oneThatFailsDisturbsNoOther(Server server) {
    var vertx = server.vertx();
    var context = vertx.getOrCreateContext();
    var failures = new ArrayList<Throwable>();
    var done = new AtomicInteger();
    context.exceptionHandler(failures::add);
    context.runOnContext(
        turn -> {
          Chores.add(
              vertx,
              () -> {
                throw new IllegalStateException("a chore that fails");
              });
          Chores.add(vertx, done::incrementAndGet);
        });
    Await.until(() -> done.get() == 1);
    assertThat(List.copyOf(failures)).hasSize(1);
  }
}
