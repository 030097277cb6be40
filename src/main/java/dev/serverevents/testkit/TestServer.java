package dev.serverevents.testkit;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.memory.MemoryVerticle;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a kit consists of: a Vert.x with its loop, its clock, its Redis and its verticle. */
final class TestServer {

  private static final long STUCK_S = 60;
  private static final Duration STEP = Duration.ofSeconds(1);

  /** What ends by the clock does so within that, beside the drain timeout. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final TestVertx testVertx = new TestVertx();
  private final Vertx vertx = testVertx.vertx();
  private final QuietLoop loop = new QuietLoop(vertx);
  private final TestClock clock = new TestClock(loop);
  private final MemoryRedis redis = new MemoryRedis(clock.asClock());
  private final Context context = vertx.getOrCreateContext();
  private final Deployments deployments;
  private final String deployment;
  private final ServerEvents events;
  private final long longestMs;
  private @Nullable Future<Void> drained;
  private boolean isStuck;
  private boolean isClosed;

  TestServer(ServerEventsOptions options, Consumer<Vertx> prepare, Consumer<Subscriber> newcomers) {
    longestMs = options.getDrainTimeout() + LONGEST.toMillis();
    prepare.accept(vertx);
    Clocks.install(vertx, clock.asClock());
    deployments = new Deployments(vertx);
    deployment = await(vertx.deployVerticle(new MemoryVerticle(redis, options, newcomers)));
    events = ServerEvents.create(vertx);
  }

  Vertx vertx() {
    return vertx;
  }

  QuietLoop loop() {
    return loop;
  }

  TestClock clock() {
    return clock;
  }

  MemoryRedis redis() {
    return redis;
  }

  Context context() {
    return context;
  }

  ServerEvents events() {
    return events;
  }

  /** Does something on the event loop once it rests, and lets it come to rest again. */
  void run(Runnable action) {
    if (isClosed) {
      throw new IllegalStateException("The kit is closed");
    }
    clock.settle();
    var done =
        Future.future(
            ended ->
                context.runOnContext(
                    turn -> {
                      try {
                        action.run();
                        ended.complete();
                      } catch (RuntimeException | Error thrown) {
                        ended.fail(thrown);
                      }
                    }));
    if (!loop.isHere()) {
      await(done);
      clock.settle();
    }
  }

  /** Begins to undeploy the verticle. */
  Future<Void> drain() {
    var ending = drained == null ? vertx.undeploy(deployment) : drained;
    drained = ending;
    clock.settle();
    return ending;
  }

  /**
   * Asserts that no wait, stream or job is pending, and that nobody listens to an event.
   *
   * @throws AssertionError if there is any
   */
  void assertNothingPending() {
    clock.settle();
    var pending = deployments.all().stream().mapToInt(server -> server.pending().count()).sum();
    var channels =
        redis.subscriptions().keySet().stream()
            .filter(channel -> !channel.startsWith(EventKey.RESERVED))
            .toList();
    var jobs = redis.lists();
    if (pending != 0 || !channels.isEmpty() || !jobs.isEmpty()) {
      throw new AssertionError(
          "Pending: %d waits, streams and workers; events listened to: %s; jobs: %s"
              .formatted(pending, channels, jobs));
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(STUCK_S, TimeUnit.SECONDS);
    } catch (TimeoutException stuck) {
      throw new IllegalStateException("The event loop is stuck", stuck);
    }
  }

  /** Undeploys all, the verticle last, and closes the Vert.x. What takes time is over at once. */
  void close() {
    if (loop.isHere()) {
      throw new IllegalStateException("The event loop cannot wait for itself: close in the test");
    }
    if (isClosed) {
      return;
    }
    var ids = Set.copyOf(vertx.deploymentIDs());
    pass(
        Future.join(
            ids.stream().filter(id -> !id.equals(deployment)).map(this::undeploy).toList()));
    pass(events.close());
    pass(undeploy(deployment));
    var closed = vertx.close();
    clock.settle(); // all that is open is closed then; threads of workers need not have ended
    closed.onComplete(end -> testVertx.giveBack());
    clock.end();
    isClosed = true; // not before: a thread that is interrupted in here may close it once more
    if (isStuck) {
      throw new IllegalStateException("A verticle or a worker has not ended within a minute");
    }
  }

  private Future<?> undeploy(String id) {
    return vertx.deploymentIDs().contains(id) ? vertx.undeploy(id) : Future.succeededFuture();
  }

  /** Lets time pass until that has ended, in whichever way; it may also take real time. */
  private void pass(Future<?> ending) {
    if (!ending.isComplete()) {
      clock.settle();
    }
    for (var left = longestMs; left > 0 && !ending.isComplete(); left -= STEP.toMillis()) {
      clock.move(STEP);
    }
    try {
      ending.toCompletionStage().toCompletableFuture().get(STUCK_S, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } catch (ExecutionException failed) {
      // it has ended
    } catch (TimeoutException stuck) {
      isStuck = true;
    }
  }
}
