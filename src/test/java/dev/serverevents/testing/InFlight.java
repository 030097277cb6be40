package dev.serverevents.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Runs many asynchronous cycles, a fixed number of them at a time. */
public final class InFlight {

  private InFlight() {}

  /** Runs cycles 0 to {@code total}, and returns their results; throws the first failure. */
  public static <T> List<T> run(int total, int atOnce, IntFunction<Future<T>> cycle) {
    var next = new AtomicInteger();
    var results = Collections.synchronizedList(new ArrayList<T>());
    var lanes =
        IntStream.range(0, atOnce).mapToObj(lane -> lane(total, next, results, cycle)).toList();
    Await.result(Future.all(lanes));
    return results;
  }

  private static <T> Future<Void> lane(
      int total, AtomicInteger next, List<T> results, IntFunction<Future<T>> cycle) {
    var done = Promise.<Void>promise();
    step(total, next, results, cycle, done);
    return done.future();
  }

  private static <T> void step(
      int total,
      AtomicInteger next,
      List<T> results,
      IntFunction<Future<T>> cycle,
      Promise<Void> done) {
    var i = next.getAndIncrement();
    if (i >= total) {
      done.complete();
      return;
    }
    cycle
        .apply(i)
        .onSuccess(
            result -> {
              results.add(result);
              step(total, next, results, cycle, done);
            })
        .onFailure(done::tryFail);
  }
}
