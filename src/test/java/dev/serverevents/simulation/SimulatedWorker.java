package dev.serverevents.simulation;

import dev.serverevents.Job;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import dev.serverevents.simulation.Facts.Plan;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A worker that does each job as its plan says, in another process. Used on one context only. */
final class SimulatedWorker {

  private static final long MAX_SIGN_MS = 5_000;

  /** A job that it has, of the wait of its owner's index. */
  private record Held(Job job, int owner, List<Long> timers) {}

  private final MemoryRedis redis;
  private final Context context;
  private final Elsewhere elsewhere;
  private final String id;
  private final Map<Integer, Held> held = new LinkedHashMap<>();
  private final List<Runnable> leases = new ArrayList<>();
  private boolean isGone;

  SimulatedWorker(
      MemoryRedis redis, Context context, Elsewhere elsewhere, int index, List<String> names) {
    this.redis = redis;
    this.context = context;
    this.elsewhere = elsewhere;
    id = id(index);
    leases.add(redis.subscribe(WireNames.worker(id), this::told));
    names.forEach(name -> leases.add(redis.subscribe(WireNames.serves(name), nothing -> {})));
  }

  static String id(int index) {
    return "worker-" + index;
  }

  /** Whether it does its work. */
  boolean isThere() {
    return !isGone;
  }

  boolean holds(int wait) {
    return held.containsKey(wait);
  }

  /** Gets a job, which it takes after a while. */
  void hand(Job job, int wait, Plan plan) {
    after(plan.takeAfter(), new ArrayList<>(), () -> take(job, wait, plan));
  }

  private void take(Job job, int wait, Plan plan) {
    if (isGone) {
      return;
    }
    var mine = new Held(job, wait, new ArrayList<>());
    held.put(wait, mine);
    elsewhere.taken(wait);
    if (job.claimTo() != null) {
      claim(job);
      var every =
          job.stalledAfter() == 0 ? MAX_SIGN_MS : Math.min(job.stalledAfter() / 4, MAX_SIGN_MS);
      mine.timers.add(
          redis
              .clock()
              .setPeriodic(
                  context,
                  every,
                  beat -> publish(job.claimTo(), new Signal.Alive(id, Optional.empty()))));
    }
    if (plan.answerAfter() >= 0) {
      after(plan.answerAfter(), mine.timers, () -> answer(mine, plan));
    }
  }

  private void answer(Held mine, Plan plan) {
    if (isGone || !mine.equals(held.get(mine.owner))) {
      return;
    }
    forget(mine.owner);
    elsewhere.done(mine.owner);
    reply(mine, plan);
    if (plan.againAfter() >= 0) {
      after(plan.againAfter(), new ArrayList<>(), () -> reply(mine, plan));
    }
  }

  private void reply(Held mine, Plan plan) {
    if (!isGone) {
      var job = mine.job;
      var key = new EventKey(job.name(), job.id());
      var number = elsewhere.answerTo(mine.owner);
      elsewhere.publish(
          job.replyTo() == null ? key.channel() : job.replyTo(),
          plan.isFailure()
              ? WireFormat.encode(
                  job.name(), job.id(), WireFormat.failure(422, String.valueOf(number), null))
              : WireFormat.encode(job.name(), job.id(), number));
    }
  }

  private void after(long ms, List<Long> timers, Runnable action) {
    if (ms == 0) {
      action.run();
    } else {
      timers.add(redis.clock().setTimer(context, ms, timer -> action.run()));
    }
  }

  private void claim(Job job) {
    publish(job.claimTo(), new Signal.Claim(job.name(), job.id(), id, false));
  }

  private void publish(String channel, Signal signal) {
    elsewhere.publish(channel, signal.encode());
  }

  private void told(Buffer payload) {
    context.runOnContext(
        turn -> {
          try {
            Signal.of(WireFormat.decode(payload, Integer.MAX_VALUE)).ifPresent(this::told);
          } catch (MalformedPayloadException noSignal) {
            throw new IllegalStateException(noSignal);
          }
        });
  }

  private void told(Signal signal) {
    if (isGone) {
      return;
    }
    var jobs = List.copyOf(held.values());
    if (signal instanceof Signal.Unwanted unwanted) {
      jobs.stream()
          .filter(mine -> unwanted.claimTo().equals(mine.job.claimTo()))
          .filter(mine -> unwanted.id().equals(mine.job.id()))
          .forEach(mine -> forget(mine.owner));
    } else if (signal instanceof Signal.Reclaim reclaim) {
      jobs.stream()
          .map(Held::job)
          .filter(job -> reclaim.claimTo().equals(job.claimTo()))
          .forEach(this::claim);
    }
  }

  private void forget(int wait) {
    var mine = held.remove(wait);
    if (mine != null) {
      mine.timers.forEach(redis.clock()::cancel);
    }
  }

  /** Is killed: its leases end. */
  void die() {
    freeze();
    leases.forEach(Runnable::run);
    leases.clear();
  }

  /** Stands still: its leases stay. */
  void freeze() {
    isGone = true;
    List.copyOf(held.keySet()).forEach(this::forget);
  }
}
