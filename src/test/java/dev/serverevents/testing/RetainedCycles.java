package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.Job;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.WaitOptions;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/**
 * Jobs whose results are retained, each from a wait on one server to its emit on another: what
 * became of them while something broke.
 */
public final class RetainedCycles {

  private static final int AT_ONCE = 64;
  private static final WaitOptions WAIT = WaitOptions.DEFAULT.timeout(60_000).retained(true);
  private static final EmitOptions EMIT = EmitOptions.retain(Duration.ofSeconds(60));

  private enum Outcome {
    RESULT,
    LOST,
    NOT_EMITTED
  }

  private final ServerEvents api;
  private final ServerEvents worker;
  private final String name;
  private final AtomicInteger done = new AtomicInteger();
  private boolean alsoDirect;

  public RetainedCycles(ServerEvents api, ServerEvents worker, String name) {
    this.api = api;
    this.worker = worker;
    this.name = name;
  }

  /** Has every second job answered by a direct reply. */
  public RetainedCycles alsoDirect() {
    alsoDirect = true;
    return this;
  }

  /** How many are done. */
  public int done() {
    return done.get();
  }

  /**
   * Runs so many, 64 at a time, while something is broken once a third of them is done, and goes on
   * until it is mended. None must be lost of those whose emit has completed.
   */
  public void run(int cycles, Runnable fault) {
    var mended =
        CompletableFuture.runAsync(
            () -> {
              Await.until(() -> done.get() > cycles / 3);
              fault.run();
            });
    run(i -> i < cycles || !mended.isDone());
    mended.join();
  }

  /** Runs some, as long as more are wanted. */
  public void run(IntPredicate wanted) {
    var at = System.nanoTime();
    var outcomes = InFlight.run(wanted, AT_ONCE, this::cycle);
    var rest = Collections.frequency(outcomes, Outcome.NOT_EMITTED);
    var lost = Collections.frequency(outcomes, Outcome.LOST);
    Figures.print(
        "%s: %,d cycles in %,d ms; %d lost of those emitted; %d emits failed"
            .formatted(name, outcomes.size(), Figures.msSince(at), lost, rest));
    assertThat(lost).as("lost").isZero();
    assertThat(rest).as("emits that failed").isLessThanOrEqualTo(AT_ONCE);
  }

  private Future<Outcome> cycle(int i) {
    var emitted = new AtomicInteger();
    var options = WAIT.direct(alsoDirect && i % 2 == 1);
    return api.request(
            name,
            i,
            options,
            job -> answer(job, i).onSuccess(receivers -> emitted.incrementAndGet()))
        .map(
            args -> {
              assertThat(args.list()).containsExactly(i);
              return Outcome.RESULT;
            })
        .otherwise(
            cause -> {
              assertThat(cause).isInstanceOf(ServerEventsException.class);
              Figures.print(
                  "%s:%d failed, emitted %d: %s".formatted(name, i, emitted.get(), cause));
              return emitted.get() > 0 ? Outcome.LOST : Outcome.NOT_EMITTED;
            })
        .onSuccess(outcome -> done.incrementAndGet());
  }

  private Future<Integer> answer(Job job, int i) {
    return job.replyTo() == null
        ? worker.emit(EMIT, name, i, i)
        : worker.reply(EMIT, job.replyTo(), name, i, i);
  }
}
