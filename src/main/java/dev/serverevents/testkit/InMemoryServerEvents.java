package dev.serverevents.testkit;

import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.Job;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.memory.MemoryVerticle;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.testkit.ScriptedWorker.Script;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server of a test: a {@link Vertx} with a verticle whose Redis is memory, whose time the test
 * moves, and whose workers and faults it scripts.
 *
 * <pre>{@code
 * try (var kit = InMemoryServerEvents.create()) {
 *   kit.answer("orders.priced", job -> EventArgs.of(42, "EUR"));
 *   var priced = kit.events().on("orders.priced", 7);
 *   kit.settle();
 *   assertEquals(EventArgs.of(42, "EUR"), priced.result());
 * }
 * }</pre>
 *
 * <p>All of the API works on it: what an application creates on {@link #vertx()}, its HTTP routes
 * and the addresses of the event bus included. The Vert.x has one event loop. Each method here is
 * for the thread of the test, and has come to rest when it returns: what it does, and all that
 * comes of that on the event loop without time passing, is done. What the application itself does
 * on the test's thread, {@link #settle()} waits for.
 */
public final class InMemoryServerEvents implements AutoCloseable {

  private static final long STUCK_S = 60;
  private static final Duration STEP = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final QuietLoop loop;
  private final TestClock clock;
  private final MemoryRedis redis;
  private final Context context;
  private final ScriptedWorkers workers;
  private final EmittedEvents emitted = new EmittedEvents();
  private final Listeners listeners;
  private final ServerEventsOptions options;
  private final ServerEvents events;
  private final Deployments deployments;
  private final String deployment;
  private boolean isClosed;

  private InMemoryServerEvents(ServerEventsOptions options) {
    this.options = options;
    vertx = TestVertx.create();
    loop = new QuietLoop(vertx);
    clock = new TestClock(loop);
    Clocks.install(vertx, clock.asClock());
    redis = new MemoryRedis(clock.asClock());
    redis.observe(emitted::add);
    listeners = new Listeners(redis);
    context = vertx.getOrCreateContext();
    workers = new ScriptedWorkers(redis, context, loop);
    deployments = new Deployments(vertx);
    deployment = await(vertx.deployVerticle(new MemoryVerticle(redis, options)));
    events = ServerEvents.create(vertx);
  }

  /** Creates one with the default settings. */
  public static InMemoryServerEvents create() {
    return create(new ServerEventsOptions());
  }

  /**
   * Creates one.
   *
   * @param options the settings of the verticle; what they say about where Redis is does not count
   * @throws InvalidInputException if they are wrong
   */
  public static InMemoryServerEvents create(ServerEventsOptions options) {
    return new InMemoryServerEvents(options);
  }

  /** The Vert.x to deploy the application on. It is closed together with this. */
  public Vertx vertx() {
    return vertx;
  }

  /** A ServerEvents on {@link #vertx()}. An application may create its own. */
  public ServerEvents events() {
    return events;
  }

  /** The time. */
  public TestClock clock() {
    return clock;
  }

  /** Lets what is under way on the event loop come to its end, without time passing. */
  public void settle() {
    clock.settle();
  }

  /**
   * Returns when somebody listens to an event: a wait, a request that is not direct, or a stream.
   * Use it where the application is called over a socket, for which {@link #settle()} does not
   * wait, before the time is moved.
   *
   * @throws IllegalStateException if nobody does within a minute of the system's time
   */
  public void awaitListener(Object name, Object id) {
    listeners.await(key(name, id).channel());
    settle();
  }

  // Workers

  /**
   * Has a worker answer each job of a name at once. It takes jobs from {@link
   * ServerEvents#jobList(String) jobList(name)} and by {@link #take}, and answers whoever else
   * listens to an event of the name, since a worker has such jobs in a way that the kit does not
   * see. It claims what is to be claimed. There is one worker for a name: the last one.
   *
   * @param answer gives the arguments: {@link EventArgs} are all of them, null is none, all else is
   *     the only one. What it throws is the failure of the job: an {@link EventFailureException} as
   *     it is, all else with the code 500.
   */
  public void answer(String name, Function<Job, ?> answer) {
    answerAfter(name, Duration.ZERO, answer);
  }

  /**
   * Has a worker answer each job of a name after a time.
   *
   * @param delay 0 or more, by the {@link #clock()}
   * @param answer as for {@link #answer}
   */
  public void answerAfter(String name, Duration delay, Function<Job, ?> answer) {
    if (delay.isNegative()) {
      throw new InvalidInputException("delay", delay, "must not be negative");
    }
    add(name, new Script(true, delay.toMillis(), answer));
  }

  /**
   * Has a worker fail each job of a name at once.
   *
   * @param code see {@link EventFailureException#code()}
   * @param message for people
   */
  public void fail(String name, int code, String message) {
    answer(
        name,
        job -> {
          throw new EventFailureException(job.name(), job.id(), code, message, null);
        });
  }

  /** Has a worker take, and claim, each job of a name, and never answer. */
  public void never(String name) {
    add(name, new Script(true, 0, null));
  }

  /** Has a worker be there that takes no job of a name. */
  public void ignore(String name) {
    add(name, new Script(false, 0, null));
  }

  private void add(String name, Script script) {
    var key = key(name, "any");
    run(() -> workers.add(key.name(), script));
  }

  /**
   * Hands a job to the worker of its name, as the queue of an application does that is not a {@link
   * ServerEvents#jobList(String)}. Any thread may call it.
   *
   * @return fails with {@link IllegalStateException} if there is none
   */
  public Future<Void> take(Job job) {
    return Future.future(
        done ->
            context.runOnContext(
                turn -> {
                  if (workers.take(job)) {
                    done.complete();
                  } else {
                    done.fail(
                        new IllegalStateException("No worker for \"%s\"".formatted(job.name())));
                  }
                }));
  }

  /** Kills all workers: their connections break, and nothing comes of their jobs. */
  public void workerDies() {
    run(() -> workers.end(ScriptedWorker::die));
  }

  /** Has all workers stand still: they stay connected, but do nothing more. */
  public void workerFreezes() {
    run(() -> workers.end(ScriptedWorker::freeze));
  }

  // Faults

  /** Breaks all connections to Redis, which cannot be made again until {@link #redisUp()}. */
  public void redisDown() {
    run(redis::down);
  }

  /** Lets all connections be made again, at once. Nothing was kept of what was published. */
  public void redisUp() {
    run(
        () -> {
          var wasDown = redis.isDown();
          redis.up();
          redis.reconnect();
          if (wasDown) {
            workers.goOn();
          }
        });
  }

  /**
   * Has Redis refuse all commands from now on.
   *
   * @param error its answer, which begins with a code, such as {@code NOPERM no permission}; null
   *     if it refuses no more
   */
  public void redisRefuses(@Nullable String error) {
    run(() -> redis.refuse(error));
  }

  /** Loses the next message that is published: nobody gets it, and nobody is told. */
  public void loseNext() {
    run(redis::loseNext);
  }

  /** Breaks the connection that subscribes, and makes it again: what came meanwhile is missed. */
  public void gap() {
    run(redis::gap);
  }

  /**
   * Slows Redis down.
   *
   * @param time how long each command and each delivery takes from now on, by the {@link #clock()};
   *     0 for no time
   */
  public void slow(Duration time) {
    if (time.isNegative()) {
      throw new InvalidInputException("time", time, "must not be negative");
    }
    run(() -> redis.slow(time.toMillis()));
  }

  /**
   * Begins to undeploy the verticle, as a server does that is stopped: new waits are refused, and
   * those that are pending have the {@linkplain ServerEventsOptions#getDrainTimeout() drain
   * timeout} to end, by the {@link #clock()}.
   *
   * @return completes when it is undeployed
   */
  public Future<Void> drain() {
    var drained = vertx.undeploy(deployment);
    settle();
    return drained;
  }

  // What was done

  /** The arguments of all events of a name and an id so far, direct replies included. */
  public List<EventArgs> emitted(Object name, Object id) {
    settle();
    return emitted.of(key(name, id), false);
  }

  /** The arguments of all progress of a name and an id so far. */
  public List<EventArgs> progress(Object name, Object id) {
    settle();
    return emitted.of(key(name, id), true);
  }

  /**
   * Asserts that an event was emitted, by whomever.
   *
   * @return the arguments of the last one
   * @throws AssertionError if there was none; its message has all that there were
   */
  public EventArgs assertEmitted(Object name, Object id) {
    var all = emitted(name, id);
    if (all.isEmpty()) {
      throw new AssertionError(
          "No event \"%s\" with id \"%s\" was emitted, but: %s".formatted(name, id, emitted));
    }
    return all.get(all.size() - 1);
  }

  /**
   * Asserts that no wait, stream or job is pending, and that nobody listens to an event.
   *
   * @throws AssertionError if there is any
   */
  public void assertNothingPending() {
    settle();
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

  private EventKey key(Object name, Object id) {
    return EventKey.of(name, id, options.getLimits());
  }

  /** Does something on the event loop once it rests, and lets it come to rest again. */
  private void run(Runnable action) {
    settle();
    var done =
        Future.future(
            ended ->
                context.runOnContext(
                    turn -> {
                      action.run();
                      ended.complete();
                    }));
    if (!loop.isHere()) {
      await(done);
      settle();
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(STUCK_S, TimeUnit.SECONDS);
    } catch (TimeoutException stuck) {
      throw new IllegalStateException("The event loop is stuck", stuck);
    }
  }

  /**
   * Undeploys all, which ends all waits and streams, and closes the Vert.x. Where that takes time,
   * such as the drain timeout, it passes at once.
   */
  @Override
  public void close() {
    if (loop.isHere()) {
      throw new IllegalStateException("The event loop cannot wait for itself: close in the test");
    }
    if (isClosed) {
      return;
    }
    isClosed = true;
    var ids = Set.copyOf(vertx.deploymentIDs());
    pass(
        Future.join(
            ids.stream().filter(id -> !id.equals(deployment)).map(this::undeploy).toList()));
    pass(events.close());
    pass(undeploy(deployment));
    await(vertx.close());
  }

  private Future<?> undeploy(String id) {
    return vertx.deploymentIDs().contains(id) ? vertx.undeploy(id) : Future.succeededFuture();
  }

  /** Lets time pass until that has ended, in whichever way. */
  private void pass(Future<?> ending) {
    var limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(STUCK_S);
    settle();
    while (!ending.isComplete() && System.nanoTime() < limit) {
      clock.advance(STEP);
    }
  }
}
