package dev.serverevents.testkit;

import dev.serverevents.Job;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The workers of a test. Used on one context only, unless said otherwise. */
final class ScriptedWorkers {

  private final MemoryRedis redis;
  private final Context context;
  private final List<ScriptedWorker> all = new ArrayList<>();
  private int count;

  ScriptedWorkers(MemoryRedis redis, Context context, QuietLoop loop) {
    this.redis = redis;
    this.context = context;
    redis.observeSubscriptions(channel -> loop.firstWhenQuiet(() -> subscribed(channel)));
  }

  /** Adds a worker, in the place of one that does the same jobs. */
  void add(String name, ScriptedWorker.Script script) {
    each(name, ScriptedWorker::die);
    var worker = new ScriptedWorker(redis, context, "worker-" + ++count, name, script);
    all.add(worker);
    worker.start();
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
    for (var worker : List.copyOf(all)) {
      var start = worker.name() + ":";
      if (channel.startsWith(start) && channel.length() > start.length()) {
        var key = new EventKey(worker.name(), channel.substring(start.length()));
        worker.begin(new Job(key.name(), key.id(), null, null, 0, 0, Map.of(), null), null);
      }
    }
  }

  /** Redis is there again. */
  void goOn() {
    all.forEach(ScriptedWorker::goOn);
  }

  /** Ends all workers in some way. */
  void end(Consumer<ScriptedWorker> way) {
    all.forEach(way);
    all.clear();
  }

  private void each(String name, Consumer<ScriptedWorker> way) {
    all.stream().filter(worker -> worker.name().equals(name)).toList().forEach(way);
    all.removeIf(worker -> worker.name().equals(name));
  }
}
