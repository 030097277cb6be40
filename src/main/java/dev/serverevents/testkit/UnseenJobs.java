package dev.serverevents.testkit;

import static dev.serverevents.internal.journal.Course.NEVER;

import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The jobs that come to workers in a way that the kit does not see. A listener has one if nothing
 * has brought a job of its event to the worker until the loop is quiet, and, if it is a request,
 * until that has handed its own over. Those that listen to one event while the worker has a job of
 * it share that. Used on one context only, unless said otherwise.
 */
final class UnseenJobs implements QuietLoop.Finder, ScriptedWorker.Observer {

  /** So often a hand-over is looked at that takes real time, in ms. */
  private static final long LOOK_MS = 5;

  private final MemoryRedis redis;
  private final Context context;
  private final QuietLoop loop;
  private final Listeners listeners;
  private final List<ScriptedWorker> workers;

  /** The job of a listener: of those of a key the one of that number, from 1. */
  private record Own(EventKey key, int number) {}

  /** How many jobs of a key have begun. */
  private final Map<EventKey, Integer> begun = new HashMap<>();

  /** The jobs of listeners, which may not have begun. */
  private final Map<Subscriber, Own> jobs = new WeakHashMap<>();

  /** The channels whose listeners may have none yet. */
  private final Set<String> due = new LinkedHashSet<>();

  /** Those of them that Redis does not know yet, or whose listeners hand a job over. */
  private final Set<String> later = new LinkedHashSet<>();

  private boolean isTimer;

  /** Begins to look; {@code workers} are those that there are. */
  UnseenJobs(
      MemoryRedis redis,
      Context context,
      QuietLoop loop,
      Listeners listeners,
      List<ScriptedWorker> workers) {
    this.redis = redis;
    this.context = context;
    this.loop = loop;
    this.listeners = listeners;
    this.workers = workers;
    loop.setFinder(this);
    redis.observeSubscriptions(this::wanted);
  }

  /** Any thread may call it. */
  private void wanted(String channel) {
    context.runOnContext(turn -> due.add(channel));
    loop.findSoon();
  }

  @Override
  public void lookAnew() {
    due.addAll(redis.wanted());
  }

  @Override
  public boolean find() {
    if (due.isEmpty()) {
      due.addAll(later); // the next time
      later.clear();
      return false;
    }
    var channels = List.copyOf(due);
    due.clear();
    var subscribed = redis.subscriptions().keySet();
    for (var channel : channels) {
      for (var worker : workers) {
        worker.keyOf(channel).ifPresent(key -> find(worker, key, subscribed.contains(channel)));
      }
    }
    return true;
  }

  private void find(ScriptedWorker worker, EventKey key, boolean isHeard) {
    listeners
        .find(key)
        .onSuccess(found -> found.forEach(each -> begin(worker, key, each, isHeard)));
  }

  private void begin(ScriptedWorker worker, EventKey key, Subscriber listener, boolean isHeard) {
    var own = jobs.computeIfAbsent(listener, first -> worker.has(key) ? last(key) : next(key));
    if (own.number <= begun(key)) {
      return;
    }
    if (isHeard && !isHandingOver(listener, key)) {
      worker.begin(key);
    } else {
      later.add(key.channel());
      findLater();
    }
  }

  private static boolean isHandingOver(Subscriber listener, EventKey key) {
    return listener.isRequest()
        && listener.courses(key).stream().anyMatch(course -> course.handedOver() == NEVER);
  }

  /** A hand-over may take real time. */
  private void findLater() {
    if (!isTimer) {
      isTimer = true;
      context
          .owner()
          .setTimer(
              LOOK_MS,
              timer -> {
                isTimer = false;
                loop.findSoon();
              });
    }
  }

  private int begun(EventKey key) {
    return begun.getOrDefault(key, 0);
  }

  private Own last(EventKey key) {
    return new Own(key, begun(key));
  }

  private Own next(EventKey key) {
    return new Own(key, begun(key) + 1);
  }

  @Override
  public void begins(EventKey key) {
    begun.merge(key, 1, Integer::sum);
  }

  /** Whoever listens has another one. */
  @Override
  public void abandoned(Set<EventKey> keys) {
    jobs.replaceAll((listener, own) -> keys.contains(own.key) ? next(own.key) : own);
  }
}
