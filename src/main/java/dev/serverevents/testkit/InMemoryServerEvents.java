package dev.serverevents.testkit;

import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.Job;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.testkit.ScriptedWorker.Script;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
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

  private static final Pattern ERROR = Pattern.compile("[A-Z]+( .*)?");

  private final TestServer server;
  private final MemoryRedis redis;
  private final ScriptedWorkers workers;
  private final Listeners listeners = new Listeners();
  private final EmittedEvents emitted = new EmittedEvents();
  private final ServerEventsOptions options;

  private InMemoryServerEvents(ServerEventsOptions options, Consumer<Vertx> prepare) {
    Fields.present("options", options);
    Fields.present("prepare", prepare);
    this.options = options;
    server = new TestServer(options, prepare, this::listens);
    redis = server.redis();
    redis.observe(emitted::add);
    workers = new ScriptedWorkers(redis, server.context(), server.loop());
  }

  private void listens(Subscriber listener) {
    if (!listener.isInbox()) {
      listeners.add(listener);
      workers.listens(listener);
    }
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
    return create(options, vertx -> {});
  }

  /**
   * The same with a Vert.x on which something has to be before the verticle is, such as {@link
   * dev.serverevents.ServerEventsMetrics} or {@link dev.serverevents.ServerEventsTracing}.
   *
   * @param prepare what to do with it
   * @throws InvalidInputException if settings are wrong
   */
  public static InMemoryServerEvents create(ServerEventsOptions options, Consumer<Vertx> prepare) {
    return new InMemoryServerEvents(options, prepare);
  }

  /** The Vert.x to deploy the application on. It is closed together with this. */
  public Vertx vertx() {
    return server.vertx();
  }

  /** A ServerEvents on {@link #vertx()}. An application may create its own. */
  public ServerEvents events() {
    return server.events();
  }

  /** The time. */
  public TestClock clock() {
    return server.clock();
  }

  /** Lets what is under way on the event loop come to its end, without time passing. */
  public void settle() {
    server.clock().settle();
  }

  /**
   * Returns when somebody listens to an event, or has begun to do so since this was called for it
   * last: a wait, a request that is not direct, or a stream, which Redis need not know yet while it
   * is down or {@linkplain #slow(Duration) slow}. Use it where the application is called over a
   * socket, for which {@link #settle()} does not wait, before the time is moved.
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
   * ServerEvents#jobList(String) jobList(name)} and by {@link #take}, and claims what is to be
   * claimed.
   *
   * <p>Whoever else listens to an event of the name has a job that comes to it in a way that the
   * kit does not see, and that has no data: a request once it has handed it over, all others as
   * soon as a method of the kit is called, or the thread of the test waits for something. Those
   * that listen to one event while the worker has a job of it share that.
   *
   * <p>There is one script for a name, the last one. The jobs that have not been answered are done
   * as it says, also those of a worker that was killed.
   *
   * @param answer gives the arguments, at once or in a {@link Future}: {@link EventArgs} are all of
   *     them, null is none, all else is the only one. What it fails with is the failure of the job:
   *     an {@link EventFailureException} as it is, all else with the code 500, as is a result that
   *     cannot be written as JSON
   */
  public void answer(String name, Function<Job, ?> answer) {
    answerAfter(name, Duration.ZERO, answer);
  }

  /**
   * Has a worker answer each job of a name after a time.
   *
   * @param delay 0 to 36,500 days, by the {@link #clock()}
   * @param answer as for {@link #answer}
   */
  public void answerAfter(String name, Duration delay, Function<Job, ?> answer) {
    TestClock.check("delay", delay);
    Fields.present("answer", answer);
    add(name, new Script(true, delay.toMillis(), answer));
  }

  /**
   * Has a worker fail each job of a name at once.
   *
   * @param code see {@link EventFailureException#code()}
   * @param message for people
   */
  public void fail(String name, int code, String message) {
    Fields.present("message", message);
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
    var key = key(name, 0);
    server.run(() -> workers.add(key.name(), script));
  }

  /**
   * Hands a job to the worker of its name, as the queue of an application does that is not a {@link
   * ServerEvents#jobList(String)}. Any thread may call it.
   *
   * @return fails with {@link IllegalStateException} if there is none
   */
  public Future<Void> take(Job job) {
    Fields.present("job", job);
    return Future.future(
        done ->
            server
                .context()
                .runOnContext(
                    turn -> {
                      if (workers.take(job)) {
                        done.complete();
                      } else {
                        done.fail(
                            new IllegalStateException(
                                "No worker for \"%s\"".formatted(job.name())));
                      }
                    }));
  }

  /** Kills all workers: their connections break, and nothing comes of their jobs. */
  public void workerDies() {
    server.run(workers::die);
  }

  /** Has all workers stand still: they stay connected, but do nothing more. */
  public void workerFreezes() {
    server.run(workers::freeze);
  }

  // Faults

  /** Breaks all connections to Redis, which cannot be made again until {@link #redisUp()}. */
  public void redisDown() {
    server.run(redis::down);
  }

  /** Lets all connections be made again, at once. Nothing was kept of what was published. */
  public void redisUp() {
    server.run(
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
   * @param error its answer, one line that begins with a code in capital letters, such as {@code
   *     NOPERM no permission}; null if it refuses no more
   * @throws InvalidInputException if it is none
   */
  public void redisRefuses(@Nullable String error) {
    if (error != null && !ERROR.matcher(error).matches()) {
      throw new InvalidInputException("error", error, "must be a line that begins with a code");
    }
    server.run(() -> redis.refuse(error));
  }

  /** Loses the next message that is published: nobody gets it, and nobody is told. */
  public void loseNext() {
    server.run(redis::loseNext);
  }

  /** Breaks the connection that subscribes, and makes it again: what came meanwhile is missed. */
  public void gap() {
    server.run(redis::gap);
  }

  /** The same as {@link #slow(Duration)}, in ms. */
  public void slow(long ms) {
    slow(Duration.ofMillis(ms));
  }

  /**
   * Slows Redis down.
   *
   * @param time how long each command and each delivery takes from now on, by the {@link #clock()};
   *     0 for no time, at most 36,500 days
   */
  public void slow(Duration time) {
    TestClock.check("time", time);
    server.run(() -> redis.slow(time.toMillis()));
  }

  /**
   * Begins to undeploy the verticle, as a server does that is stopped: new waits are refused, and
   * those that are pending have the {@linkplain ServerEventsOptions#getDrainTimeout() drain
   * timeout} to end, by the {@link #clock()}.
   *
   * @return completes when it is undeployed
   */
  public Future<Void> drain() {
    return server.drain();
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
    server.assertNothingPending();
  }

  private EventKey key(Object name, Object id) {
    return EventKey.of(name, id, options.getLimits());
  }

  /**
   * Undeploys all, which ends all waits and streams, and closes the Vert.x. Where that takes time,
   * such as the drain timeout, it passes at once.
   */
  @Override
  public void close() {
    server.close();
  }
}
