package dev.serverevents.testkit;

import dev.serverevents.Job;
import dev.serverevents.internal.memory.MemoryRedis;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The workers of a test. Used on one context only. */
final class ScriptedWorkers {

  private final MemoryRedis redis;
  private final Context context;
  private final QuietLoop loop;
  private final UnseenJobs unseen;
  private final List<ScriptedWorker> all = new ArrayList<>();
  private final List<ScriptedWorker> dead = new ArrayList<>();
  private int count;

  ScriptedWorkers(MemoryRedis redis, Context context, QuietLoop loop, Listeners listeners) {
    this.redis = redis;
    this.context = context;
    this.loop = loop;
    unseen = new UnseenJobs(redis, context, loop, listeners, all);
  }

  /**
   * Adds a worker, in the place of one that does the same jobs. It does what the one before has
   * left, and what somebody listens to already.
   */
  void add(String name, ScriptedWorker.Script script) {
    of(name).ifPresent(this::die);
    var id = "worker-" + ++count;
    var worker = new ScriptedWorker(redis, context, loop, unseen, id, name, script);
    dead.stream().filter(of -> of.name().equals(name)).forEach(ScriptedWorker::giveBack);
    dead.removeIf(of -> of.name().equals(name));
    all.add(worker);
    worker.start();
    unseen.lookAnew();
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
  }
}
