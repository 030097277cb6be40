package dev.serverevents.testkit;

import dev.serverevents.Job;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.testkit.ScriptedWorker.Script;
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

  ScriptedWorkers(MemoryRedis redis, Context context, QuietLoop loop) {
    this.redis = redis;
    this.context = context;
    this.loop = loop;
    unseen =
        new UnseenJobs(redis, context, loop, name -> of(name).filter(ScriptedWorker::takesJobs));
  }

  /** Somebody begins to listen to an event. */
  void listens(Subscriber listener) {
    unseen.add(listener);
  }

  /**
   * Has the jobs of a name done as a script says, those included that the worker of the name has,
   * or had when it died, and those for which somebody listens.
   */
  void add(String name, Script script) {
    var present = of(name).filter(worker -> !worker.isGone());
    if (present.isPresent()) {
      present.get().follow(script);
    } else {
      of(name).ifPresent(this::die);
      start(name, script);
    }
    unseen.lookLater();
  }

  private void start(String name, Script script) {
    var worker =
        new ScriptedWorker(redis, context, loop, unseen, "worker-" + ++count, name, script);
    all.add(worker);
    worker.start();
    dead.stream().filter(of -> of.name().equals(name)).forEach(of -> of.leaveTo(worker));
    dead.removeIf(of -> of.name().equals(name));
  }

  /** Hands a job to the worker of its name; tells whether there is one. */
  boolean take(Job job) {
    var worker = of(job.name());
    worker.ifPresent(there -> there.begin(job));
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
