package dev.serverevents.testkit;

import dev.serverevents.Job;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The workers of a test. Used on one context only, unless said otherwise. */
final class ScriptedWorkers {

  private final MemoryRedis redis;
  private final Context context;
  private final List<ScriptedWorker> all = new ArrayList<>();
  private final List<ScriptedWorker> dead = new ArrayList<>();
  private final QuietLoop loop;
  private int count;

  ScriptedWorkers(MemoryRedis redis, Context context, QuietLoop loop) {
    this.redis = redis;
    this.context = context;
    this.loop = loop;
    redis.observeSubscriptions(this::begins);
  }

  /**
   * Adds a worker, in the place of one that does the same jobs. It does what the one before has
   * left, and what somebody listens to already.
   */
  void add(String name, ScriptedWorker.Script script) {
    of(name).ifPresent(this::die);
    var worker = new ScriptedWorker(redis, context, "worker-" + ++count, name, script);
    dead.stream().filter(of -> of.name().equals(name)).forEach(ScriptedWorker::giveBack);
    dead.removeIf(of -> of.name().equals(name));
    all.add(worker);
    worker.start();
    redis.subscriptions().keySet().forEach(this::begins);
  }

  private void begins(String channel) {
    loop.firstWhenQuiet(() -> subscribed(channel));
  }

  /** Hands a job to the worker of its name; tells whether there is one. */
  boolean take(Job job) {
    var worker = of(job.name());
    worker.ifPresent(there -> there.begin(job, null));
    return worker.isPresent();
  }

  private Optional<ScriptedWorker> of(String name) {
    return all.stream().filter(worker -> worker.name().equals(name)).findFirst();
  }

  /**
   * Somebody listens to an event. Where nothing else has brought the job to the worker until the
   * loop is quiet, it came in a way that the kit does not see.
   */
  private void subscribed(String channel) {
    if (!redis.subscriptions().containsKey(channel)) {
      return;
    }
    all.stream()
        .filter(worker -> channel.startsWith(worker.name() + ":"))
        .filter(worker -> channel.length() > worker.name().length() + 1)
        .max(Comparator.comparingInt(worker -> worker.name().length())) // a:b may be a name, too
        .ifPresent(worker -> worker.begin(key(worker, channel)));
  }

  private static EventKey key(ScriptedWorker worker, String channel) {
    return new EventKey(worker.name(), channel.substring(worker.name().length() + 1));
  }

  /** Redis is there again. */
  void goOn() {
    all.forEach(ScriptedWorker::goOn);
  }

  /** Kills all workers. */
  void die() {
    List.copyOf(all).forEach(this::die);
  }

  private void die(ScriptedWorker worker) {
    worker.die();
    all.remove(worker);
    dead.add(worker);
  }

  /** Has all workers stand still. */
  void freeze() {
    all.forEach(ScriptedWorker::freeze);
    all.clear();
  }
}
