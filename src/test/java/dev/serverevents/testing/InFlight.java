package dev.serverevents.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Runs many asynchronous cycles, a fixed number of them at a time. */
public final class InFlight {

  /** It only ends a test that hangs. */
  private static final int LIMIT_MINUTES = 5;

  private InFlight() {}

  /** Runs cycles 0 to {@code total}, and returns their results; throws the first failure. */
  public static <T> List<T> run(int total, int atOnce, IntFunction<Future<T>> cycle) {
    return run(i -> i < total, atOnce, cycle);
  }

  /** Runs cycles from 0 on, as long as the predicate wants another. */
  public static <T> List<T> run(IntPredicate wanted, int atOnce, IntFunction<Future<T>> cycle) {
    var next = new AtomicInteger();
    var results = Collections.synchronizedList(new ArrayList<T>());
    var lanes =
        IntStream.range(0, atOnce).mapToObj(lane -> lane(wanted, next, results, cycle)).toList();
    try {
      Future.all(lanes).await(LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new AssertionError("The cycles did not end", e);
    }
    return results;
  }

  private static <T> Future<Void> lane(
      IntPredicate wanted, AtomicInteger next, List<T> results, IntFunction<Future<T>> cycle) {
    var done = Promise.<Void>promise();
    step(wanted, next, results, cycle, done);
    return done.future();
  }

  private static <T> void step(
      IntPredicate wanted,
      AtomicInteger next,
      List<T> results,
      IntFunction<Future<T>> cycle,
      Promise<Void> done) {
    var i = next.getAndIncrement();
    if (!wanted.test(i)) {
      done.complete();
      return;
    }
    cycle
        .apply(i)
        .onSuccess(
            result -> {
              results.add(result);
              step(wanted, next, results, cycle, done);
            })
        .onFailure(done::tryFail);
  }
}
