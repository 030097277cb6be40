package dev.serverevents.bench;

import dev.serverevents.testing.Figures;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What {@link Capacity} and {@link Timeouts} ask of an API server. */
final class Load {

  private static final int AT_ONCE = 1_000;

  /** For how long the commands are counted that waits cost which only wait. */
  private static final long HOLD_MS = 5_000;

  private Load() {}

  /** Registers waits, and ends them. */
  static JsonObject pending(Contender contender, int waits) throws Exception {
    var before = Figures.usedHeap();
    var began = System.nanoTime();
    register(contender, waits);
    var registerMs = Figures.msSince(began);
    var bytes = (Figures.usedHeap() - before) / waits;
    var commandsPerSecond = commandsPerSecond(contender);
    var turns = contender.context().map(LongestTurn::new);
    began = System.nanoTime();
    contender.endAll().toCompletableFuture().get();
    var result =
        new JsonObject()
            .put("bytes", bytes)
            .put("registerMs", registerMs)
            .put("commandsPerSecond", commandsPerSecond)
            .put("endMs", Figures.msSince(began));
    turns.ifPresent(longest -> result.put("longestTurnMs", longest.stop()));
    return result;
  }

  private static @Nullable Double commandsPerSecond(Contender contender)
      throws InterruptedException {
    var before = contender.commands();
    if (before.isEmpty()) {
      return null;
    }
    Thread.sleep(HOLD_MS);
    var own = 1;
    var commands = contender.commands().getAsLong() - before.getAsLong() - own;
    return commands * 1_000.0 / HOLD_MS;
  }

  static void register(Contender contender, int waits) throws Exception {
    var ids = new AtomicInteger();
    var left = new AtomicInteger(waits);
    var all = new CompletableFuture<Void>();
    onLoop(
            contender,
            () -> {
              for (var i = 0; i < AT_ONCE; i++) {
                registerNext(contender, ids, waits, left, all);
              }
              return all;
            })
        .get();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // its outcome is counted
  private static void registerNext(
      Contender contender,
      AtomicInteger ids,
      int waits,
      AtomicInteger left,
      CompletableFuture<Void> all) {
    for (var id = ids.getAndIncrement(); id < waits; id = ids.getAndIncrement()) {
      var registered = contender.register(id).toCompletableFuture();
      if (!registered.isDone()) {
        registered.whenComplete(
            (done, failure) -> {
              count(left, all, failure);
              registerNext(contender, ids, waits, left, all);
            });
        return;
      }
      count(left, all, null);
    }
  }

  private static void count(AtomicInteger left, CompletableFuture<Void> all, Throwable failure) {
    if (failure != null) {
      all.completeExceptionally(failure);
    } else if (left.decrementAndGet() == 0) {
      all.complete(null);
    }
  }

  /** Has waits time out, which begin some at a time. */
  static JsonObject timeouts(Contender contender, int waits) throws Exception {
    var left = new AtomicInteger(waits);
    var all = new CompletableFuture<Void>();
    var turns = new LongestTurn(contender.context().orElseThrow());
    onLoop(
            contender,
            () -> {
              beginNext(contender, 0, waits, left, all);
              return all;
            })
        .get();
    return new JsonObject().put("longestTurnMs", turns.stop());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // its outcome is counted
  private static void beginNext(
      Contender contender, int first, int waits, AtomicInteger left, CompletableFuture<Void> all) {
    for (var id = first; id < Math.min(waits, first + AT_ONCE); id++) {
      contender.timeOut(id).whenComplete((ended, failure) -> count(left, all, failure));
    }
    if (first + AT_ONCE < waits) {
      contender
          .context()
          .orElseThrow()
          .owner()
          .setTimer(1, next -> beginNext(contender, first + AT_ONCE, waits, left, all));
    }
  }

  /** Emits many events at once. */
  static JsonObject burst(Contender contender, int emits) throws Exception {
    var failed = new LongAdder();
    var began = System.nanoTime();
    onLoop(
            contender,
            () -> {
              var all = new ArrayList<CompletableFuture<?>>();
              for (var id = 0; id < emits; id++) {
                all.add(
                    contender.emit(id).toCompletableFuture().handle((n, f) -> count(failed, f)));
              }
              return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
            })
        .get();
    contender.flush();
    return new JsonObject()
        .put("perSecond", emits * 1e9 / (System.nanoTime() - began))
        .put("failed", failed.sum());
  }

  private static Void count(LongAdder failed, Throwable failure) {
    if (failure != null) {
      failed.increment();
    }
    return null;
  }

  private static CompletableFuture<?> onLoop(
      Contender contender, Supplier<CompletionStage<Void>> action) {
    if (contender.context().isEmpty()) {
      return action.get().toCompletableFuture();
    }
    var done = new CompletableFuture<CompletionStage<Void>>();
    contender.context().get().runOnContext(v -> done.complete(action.get()));
    return done.thenCompose(stage -> stage);
  }
}
