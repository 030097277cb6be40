package dev.serverevents.testkit;

import static dev.serverevents.internal.journal.Course.NEVER;
import static java.util.Objects.requireNonNull;

import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The jobs that come to workers in a way that the kit does not see. A listener has one if nothing
 * has brought a job of its event to the worker when the test lets the loop come to rest; a request
 * not before it has handed its own over. Those that listen to one event while the worker has a job
 * of it share that. Used on one context only.
 */
final class UnseenJobs implements ScriptedWorker.Observer {

  /** So often it is looked whether the test waits for something that is no call of the kit. */
  private static final long LOOK_MS = 5;

  /**
   * A thread that reads from a socket does not look as if it waited; after so many looks, it does.
   */
  private static final int LOOKS = 200;

  /** After so many newcomers, those that have ended are forgotten. */
  private static final int MANY = 1_024;

  private static final long NO_TIMER = -1;

  /** How many jobs of a key have begun, and how many of those have not ended. */
  private static final class Count {
    private int begun;
    private int open;
  }

  /** The job of a listener: of those of a key the one of that number, from 1. */
  private record Own(EventKey key, int number) {}

  private final MemoryRedis redis;
  private final Context context;
  private final QuietLoop loop;
  private final Function<String, Optional<ScriptedWorker>> workers;
  private final Map<EventKey, Count> counts = new HashMap<>();
  private final Map<Subscriber, Own> jobs = new WeakHashMap<>();

  /** The listeners whose job may not have begun, by their names. */
  private final Map<String, Set<Subscriber>> waiting = new HashMap<>();

  private long timer = NO_TIMER;
  private int looks;
  private int newcomers;

  /** Begins without any; {@code workers} gives the one of a name that takes jobs. */
  UnseenJobs(
      MemoryRedis redis,
      Context context,
      QuietLoop loop,
      Function<String, Optional<ScriptedWorker>> workers) {
    this.redis = redis;
    this.context = context;
    this.loop = loop;
    this.workers = workers;
    loop.setFinder(this::find);
  }

  /** Somebody begins to listen. */
  void add(Subscriber listener) {
    key(listener)
        .ifPresent(
            key -> {
              var count = count(key);
              expect(listener, new Own(key, count.open > 0 ? count.begun : count.begun + 1));
              lookLater();
            });
    if (++newcomers % MANY == 0) {
      waiting.values().forEach(others -> others.removeIf(Subscriber::hasEnded));
    }
  }

  private void expect(Subscriber listener, Own own) {
    jobs.put(listener, own);
    waiting.computeIfAbsent(own.key.name(), first -> new LinkedHashSet<>()).add(listener);
  }

  /** The key of a listener, of those that share its channel; none if that is no event's. */
  private static Optional<EventKey> key(Subscriber listener) {
    var channel = listener.channel();
    return IntStream.range(1, channel.length() - 1)
        .filter(i -> channel.charAt(i) == ':')
        .mapToObj(i -> new EventKey(channel.substring(0, i), channel.substring(i + 1)))
        .filter(listener::takes)
        .findFirst();
  }

  private Count count(EventKey key) {
    return counts.computeIfAbsent(key, first -> new Count());
  }

  /** Begins those jobs that nothing brings to a worker; tells whether there was any. */
  private boolean find() {
    looks = 0;
    var isAny = false;
    for (var name : List.copyOf(waiting.keySet())) {
      var worker = workers.apply(name);
      isAny |= worker.isPresent() && find(worker.get(), name);
    }
    if (timer != NO_TIMER && candidates().findAny().isEmpty()) {
      context.owner().cancelTimer(timer);
      timer = NO_TIMER;
    }
    return isAny;
  }

  private boolean find(ScriptedWorker worker, String name) {
    var isAny = false;
    for (var listener : List.copyOf(waiting.getOrDefault(name, Set.of()))) {
      var own = requireNonNull(jobs.get(listener));
      var isServed = listener.hasEnded() || own.number <= count(own.key).begun;
      var isDue = !isServed && isHeard(listener) && !isHandingOver(listener, own.key);
      if (isServed || isDue) {
        forget(listener, name);
      }
      if (isDue) {
        worker.begin(own.key);
        isAny = true;
      }
    }
    return isAny;
  }

  private void forget(Subscriber listener, String name) {
    waiting.computeIfPresent(
        name, (same, others) -> others.remove(listener) && others.isEmpty() ? null : others);
  }

  private boolean isHeard(Subscriber listener) {
    return redis.subscribers(listener.channel()) > 0;
  }

  private static boolean isHandingOver(Subscriber listener, EventKey key) {
    return listener.isRequest()
        && listener.courses(key).stream().anyMatch(course -> course.handedOver() == NEVER);
  }

  private Stream<ScriptedWorker> candidates() {
    return waiting.keySet().stream().flatMap(name -> workers.apply(name).stream());
  }

  /**
   * The test may wait for what comes of an unseen job without a call of the kit. As long as it goes
   * on itself nothing is begun, for it may still say more of what is to happen.
   */
  void lookLater() {
    if (timer == NO_TIMER && candidates().findAny().isPresent()) {
      timer = context.owner().setTimer(LOOK_MS, due -> look());
    }
  }

  private void look() {
    timer = NO_TIMER;
    if (loop.isCallerWaiting() || ++looks == LOOKS) {
      loop.whenQuiet(() -> {});
    }
    lookLater();
  }

  @Override
  public void begins(EventKey key) {
    var count = count(key);
    count.begun++;
    count.open++;
  }

  @Override
  public void ended(EventKey key) {
    count(key).open--;
  }

  /** Whoever listens has another one. */
  @Override
  public void abandoned(Set<EventKey> keys) {
    Map.copyOf(jobs)
        .forEach(
            (listener, own) -> {
              if (keys.contains(own.key)) {
                expect(listener, new Own(own.key, count(own.key).begun + 1));
              }
            });
    lookLater();
  }
}
