package dev.serverevents.app.demo;

import dev.serverevents.ClaimedJob;
import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Takes one job after another from the list, and emits each result. */
public final class PiWorker extends VerticleBase {

  /** A server that is cut off from Redis for less than this still answers. */
  private static final EmitOptions RETAINED = EmitOptions.retain(Duration.ofSeconds(30));

  /** Digits behind the last one that counts, which take up what each division cuts off. */
  private static final int GUARD_DIGITS = 20;

  private final long maxWait;
  private @Nullable Worker worker;

  /** Does the jobs of requests that wait for {@code maxWait} ms at most. */
  public PiWorker(long maxWait) {
    this.maxWait = maxWait;
  }

  @Override
  public Future<?> start() {
    var events = ServerEvents.create(vertx);
    worker =
        events.work(
            PiJob.EVENT,
            PiJob.list(events, maxWait),
            WorkOptions.DEFAULT.emit(RETAINED),
            this::compute);
    return worker.ready();
  }

  /** Completes when the job at hand is done: none that was taken from the list is lost. */
  @Override
  public Future<?> stop() {
    return worker == null ? Future.succeededFuture() : worker.close();
  }

  private Future<?> compute(ClaimedJob job) {
    var digits = PiJob.from(job.data()).digits();
    return vertx.executeBlocking(() -> pi(digits, job::isCancelled));
  }

  /**
   * The first digits of pi, by the formula of John Machin (1706): pi is 16 arccot 5 - 4 arccot 239.
   *
   * @param isCancelled whether to stop; asked all the time
   */
  static String pi(int digits, BooleanSupplier isCancelled) {
    var scale = digits - 1;
    var one = BigInteger.TEN.pow(scale + GUARD_DIGITS);
    var pi =
        arccot(5, one, isCancelled)
            .shiftLeft(4)
            .subtract(arccot(239, one, isCancelled).shiftLeft(2));
    return new BigDecimal(pi.divide(BigInteger.TEN.pow(GUARD_DIGITS)), scale).toPlainString();
  }

  /** The sum of 1/x - 1/3x³ + 1/5x⁵ - ..., times {@code one}. */
  private static BigInteger arccot(long x, BigInteger one, BooleanSupplier isCancelled) {
    var square = BigInteger.valueOf(x * x);
    var power = one.divide(BigInteger.valueOf(x));
    var sum = power;
    for (var n = 3L; power.signum() != 0; n += 2) {
      if (isCancelled.getAsBoolean()) {
        throw new CancellationException();
      }
      power = power.divide(square).negate();
      sum = sum.add(power.divide(BigInteger.valueOf(n)));
    }
    return sum;
  }
}
