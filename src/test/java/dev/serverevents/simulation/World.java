package dev.serverevents.simulation;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.memory.MemoryVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where simulations happen, one after another: a Vert.x with one event loop. Each has a memory, a
 * verticle and a ServerEvents of its own.
 */
final class World implements AutoCloseable {

  static final long EMIT_TIMEOUT_MS = 3_000;
  static final long DRAIN_TIMEOUT_MS = 3_000;

  private static final long STUCK_S = 60;

  /** Until all waits have ended, whatever happened. */
  private static final long ENDING_MS = 20_000;

  /** Until nobody keeps anything for a next wait: inboxes stay for up to two minutes. */
  private static final long IDLE_MS = 150_000;

  /** Until nothing that was kept is kept: retained events, and idempotency keys. */
  private static final long FORGETTING_MS = TimeUnit.DAYS.toMillis(1);

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(false));
  private final SimulatedTime time = new SimulatedTime(vertx);
  private final Context context = vertx.getOrCreateContext();
  private final Deployments deployments;
  private final List<String> unexpected = new ArrayList<>();

  World() {
    Clocks.install(vertx, time);
    deployments = new Deployments(vertx);
    vertx.exceptionHandler(thrown -> unexpected.add("thrown: " + stack(thrown)));
  }

  private static String stack(Throwable thrown) {
    return thrown + " at " + List.of(thrown.getStackTrace());
  }

  /** Runs a seed. */
  Report run(long seed) {
    Promise<Report> done = Promise.promise();
    context.runOnContext(
        turn -> {
          try {
            begin(new Schedule(seed), done);
          } catch (RuntimeException unexpected) {
            done.tryFail(unexpected);
          }
        });
    try {
      return done.future().await(STUCK_S, TimeUnit.SECONDS);
    } catch (TimeoutException stuck) {
      throw new IllegalStateException("Seed %d does not end".formatted(seed), stuck);
    }
  }

  private void begin(Schedule schedule, Promise<Report> done) {
    time.reset();
    unexpected.clear();
    var redis = new MemoryRedis(time);
    var options =
        new ServerEventsOptions().setEmitTimeout(EMIT_TIMEOUT_MS).setDrainTimeout(DRAIN_TIMEOUT_MS);
    vertx
        .deployVerticle(new MemoryVerticle(redis, options))
        .onFailure(done::tryFail)
        .onSuccess(
            deployment -> {
              var events = ServerEvents.create(vertx);
              var drained = new ArrayList<Future<Void>>();
              var simulation =
                  new Simulation(
                      new Trace(time),
                      redis,
                      context,
                      events,
                      () -> drained.add(vertx.undeploy(deployment)));
              simulation.addWorkers(schedule.workers());
              new Run(schedule, simulation, events, drained, done).step(0);
            });
  }

  /** The run of one seed. */
  private final class Run {

    private final Schedule schedule;
    private final Simulation simulation;
    private final ServerEvents events;
    private final List<Future<Void>> drained;
    private final Promise<Report> done;
    private final List<String> violations = new ArrayList<>();

    Run(
        Schedule schedule,
        Simulation simulation,
        ServerEvents events,
        List<Future<Void>> drained,
        Promise<Report> done) {
      this.schedule = schedule;
      this.simulation = simulation;
      this.events = events;
      this.drained = drained;
      this.done = done;
    }

    void step(int index) {
      if (index == schedule.steps().size()) {
        heal();
        return;
      }
      var step = schedule.steps().get(index);
      simulation.trace.add("step", index);
      safely(() -> step.action().accept(simulation));
      if (step.ms() > 0 || step.tasks() == Step.ALL) {
        time.advance(step.ms(), () -> step(index + 1));
      } else {
        time.afterTasks(step.tasks(), () -> step(index + 1));
      }
    }

    private void safely(Runnable action) {
      try {
        action.run();
      } catch (RuntimeException thrown) {
        unexpected.add(stack(thrown));
      }
    }

    private void heal() {
      simulation.faults.heal();
      time.advance(ENDING_MS, this::endWorkers);
    }

    private void endWorkers() {
      violations.addAll(Leftovers.ofWorkers(simulation));
      simulation.workers.forEach(SimulatedWorker::die);
      time.advance(IDLE_MS, this::drain);
    }

    private void drain() {
      if (drained.isEmpty()) {
        var pending = deployments.all().stream().mapToInt(each -> each.pending().count()).sum();
        violations.addAll(Leftovers.of(simulation, pending, time.timers()));
        simulation.drain();
      }
      time.advance(2 * DRAIN_TIMEOUT_MS, this::close);
    }

    private void close() {
      if (!drained.stream().allMatch(Future::succeeded)) {
        violations.add("The verticle has not drained: " + drained);
      }
      var closed = events.close();
      time.advance(
          FORGETTING_MS,
          () -> {
            if (!closed.succeeded()) {
              violations.add("It is not closed: " + closed);
            }
            violations.addAll(Leftovers.of(simulation, deployments.all().size(), time.timers()));
            violations.addAll(Leftovers.ofMemory(simulation));
            end();
          });
    }

    private void end() {
      violations.addAll(unexpected);
      violations.addAll(new Invariants(simulation.facts).violations());
      var trace = simulation.trace.lines();
      done.complete(
          new Report(schedule.seed(), schedule.steps(), trace, trace.hashCode(), violations));
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
