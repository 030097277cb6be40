package dev.serverevents.testkit;

import dev.serverevents.EventFailureException;
import dev.serverevents.Job;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A worker in another process, as the wire protocol knows it: it takes jobs, claims them, shows
 * signs of life, and answers as its script says. Used on one context only.
 */
final class ScriptedWorker {

  /**
   * What a worker does.
   *
   * @param takes whether it takes jobs at all
   * @param afterMs after how long it answers
   * @param answer what it answers; null for never
   */
  record Script(boolean takes, long afterMs, @Nullable Function<Job, ?> answer) {}

  /** A job that the worker has; its text is null if it was not on the list. */
  private record Held(Job job, @Nullable String text, long signs, long work) {}

  private static final long MAX_INTERVAL_MS = 5_000;
  private static final int SIGNS = 4;
  private static final int INTERNAL_ERROR = 500;
  private static final long NO_TIMER = -1;

  private final MemoryRedis redis;
  private final Clock clock;
  private final Context context;
  private final String id;
  private final String name;
  private final JobsKey list;
  private final Script script;
  private final Map<EventKey, Held> held = new HashMap<>();
  private List<Runnable> leases = List.of();
  private boolean isGone;

  ScriptedWorker(MemoryRedis redis, Context context, String id, String name, Script script) {
    this.redis = redis;
    this.context = context;
    this.id = id;
    this.name = name;
    this.script = script;
    clock = redis.clock();
    list = new JobsKey(WireNames.jobs(name), 0);
  }

  /** The name of the jobs that it takes. */
  String name() {
    return name;
  }

  /** Begins to take jobs. */
  void start() {
    leases =
        List.of(
            redis.subscribe(WireNames.worker(id), this::told),
            redis.subscribe(WireNames.serves(name), nothing -> {}));
    if (script.takes) {
      take();
    }
  }

  /** Takes jobs off the list, one after another; after a fault it is {@link #goOn} that does. */
  private void take() {
    redis
        .take(list, id)
        .onSuccess(
            text ->
                context.runOnContext(
                    turn -> {
                      if (!isGone) {
                        begin(Job.from(text), text);
                        take();
                      }
                    }));
  }

  /** Redis is there again. */
  void goOn() {
    if (script.takes && !isGone) {
      take();
    }
  }

  /** Does a job that came to it in whatever way. */
  void begin(Job job, @Nullable String text) {
    var key = new EventKey(job.name(), job.id());
    if (!script.takes || isGone || held.containsKey(key)) {
      return;
    }
    var signs = NO_TIMER;
    if (job.claimTo() != null) {
      claim(job);
      var interval =
          job.stalledAfter() == 0
              ? MAX_INTERVAL_MS
              : Math.max(1, Math.min(job.stalledAfter() / SIGNS, MAX_INTERVAL_MS));
      signs = clock.setPeriodic(context, interval, beat -> send(job.claimTo(), alive()));
    }
    if (script.answer == null) {
      held.put(key, new Held(job, text, signs, NO_TIMER));
    } else if (script.afterMs == 0) {
      held.put(key, new Held(job, text, signs, NO_TIMER));
      answer(key, script.answer);
    } else {
      var work = clock.setTimer(context, script.afterMs, done -> answer(key, script.answer));
      held.put(key, new Held(job, text, signs, work));
    }
  }

  private void claim(Job job) {
    send(job.claimTo(), new Signal.Claim(job.name(), job.id(), id, false));
  }

  private Signal alive() {
    return new Signal.Alive(id, Optional.empty());
  }

  private void send(@Nullable String channel, Signal signal) {
    if (channel != null) {
      redis.publish(channel, signal.encode());
    }
  }

  private void answer(EventKey key, Function<Job, ?> answer) {
    var done = forget(key);
    if (done != null) {
      var job = done.job;
      var channel = job.replyTo() == null ? key.channel() : job.replyTo();
      redis.publish(channel, WireFormat.encode(job.name(), job.id(), args(job, answer)));
      if (done.text != null) {
        redis.done(list, id, done.text);
      }
    }
  }

  private static Object[] args(Job job, Function<Job, ?> answer) {
    try {
      var result = answer.apply(job);
      return result == null ? new Object[] {} : new Object[] {result};
    } catch (EventFailureException failure) {
      return new Object[] {
        WireFormat.failure(failure.code(), String.valueOf(failure.getMessage()), failure.detail())
      };
    } catch (RuntimeException unexpected) {
      return new Object[] {WireFormat.failure(INTERNAL_ERROR, unexpected.toString(), null)};
    }
  }

  private @Nullable Held forget(EventKey key) {
    var known = held.remove(key);
    if (known != null) {
      clock.cancel(known.signs);
      clock.cancel(known.work);
    }
    return known;
  }

  private void told(Buffer payload) {
    context.runOnContext(turn -> signal(payload).ifPresent(this::told));
  }

  private static Optional<Signal> signal(Buffer payload) {
    try {
      return Signal.of(WireFormat.decode(payload, Integer.MAX_VALUE));
    } catch (MalformedPayloadException noSignal) {
      return Optional.empty();
    }
  }

  private void told(Signal signal) {
    if (signal instanceof Signal.Unwanted unwanted) {
      var key = new EventKey(unwanted.name(), unwanted.id());
      var known = held.get(key);
      if (known != null && unwanted.claimTo().equals(known.job.claimTo())) {
        forget(key);
        if (known.text != null) {
          redis.done(list, id, known.text);
        }
      }
    } else if (signal instanceof Signal.Reclaim reclaim) {
      held.values().stream()
          .map(Held::job)
          .filter(job -> reclaim.claimTo().equals(job.claimTo()))
          .forEach(this::claim);
    }
  }

  /** Is killed: its leases end, and nothing comes of its jobs. */
  void die() {
    freeze();
    leases.forEach(Runnable::run);
  }

  /** Stands still for good: its leases stay, and nothing comes of its jobs. */
  void freeze() {
    isGone = true;
    List.copyOf(held.keySet()).forEach(this::forget);
    redis.leave(list, id);
  }
}
