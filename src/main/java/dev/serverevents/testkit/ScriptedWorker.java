package dev.serverevents.testkit;

import dev.serverevents.EventFailureException;
import dev.serverevents.Job;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.memory.Lane;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  /** A job that the worker has, of which there may be several of one event. */
  private static final class Held {
    final Job job;
    final EventKey key;

    /** Null if it was not on the list. */
    final @Nullable String text;

    long signs = NO_TIMER;
    long work = NO_TIMER;

    Held(Job job, @Nullable String text) {
      this.job = job;
      this.text = text;
      key = new EventKey(job.name(), job.id());
    }
  }

  /** Is told of the jobs, however they came to it. */
  interface Observer {

    /** It begins a job. */
    void begins(EventKey key);

    /** Nothing comes of jobs of these keys that it has begun. */
    void abandoned(Set<EventKey> keys);
  }

  private static final long MAX_INTERVAL_MS = 5_000;
  private static final int SIGNS = 4;
  private static final int INTERNAL_ERROR = 500;
  private static final long NO_TIMER = -1;

  private final MemoryRedis redis;
  private final Clock clock;
  private final Context context;
  private final Lane commands;
  private final QuietLoop loop;
  private final Observer observer;
  private final String id;
  private final String name;
  private final JobsKey list;
  private final Script script;
  private final Set<Held> held = new LinkedHashSet<>();
  private List<Runnable> leases = List.of();
  private boolean isGone;

  ScriptedWorker(
      MemoryRedis redis,
      Context context,
      QuietLoop loop,
      Observer observer,
      String id,
      String name,
      Script script) {
    this.redis = redis;
    this.context = context;
    this.loop = loop;
    this.observer = observer;
    this.id = id;
    this.name = name;
    this.script = script;
    clock = redis.clock();
    commands = new Lane(context, clock);
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

  /** Whether it has a job of a key. */
  boolean has(EventKey key) {
    return held.stream().anyMatch(job -> job.key.equals(key));
  }

  /** The key of its jobs that has a channel, if there is one. */
  Optional<EventKey> keyOf(String channel) {
    var start = name + ":";
    return channel.startsWith(start) && channel.length() > start.length()
        ? Optional.of(new EventKey(name, channel.substring(start.length())))
        : Optional.empty();
  }

  /** Does a job that came to it in a way that the kit does not see. */
  void begin(EventKey key) {
    begin(new Job(key.name(), key.id(), null, null, 0, 0, Map.of(), null), null);
  }

  /** Does a job; its text is null if it was not on the list. */
  void begin(Job job, @Nullable String text) {
    if (!script.takes || isGone) {
      return;
    }
    var begun = new Held(job, text);
    held.add(begun);
    observer.begins(begun.key);
    if (job.claimTo() != null) {
      claim(begun);
      var interval =
          job.stalledAfter() == 0
              ? MAX_INTERVAL_MS
              : Math.max(1, Math.min(job.stalledAfter() / SIGNS, MAX_INTERVAL_MS));
      begun.signs = clock.setPeriodic(context, interval, beat -> send(job.claimTo(), alive()));
    }
    var answer = script.answer;
    if (answer != null && script.afterMs == 0) {
      answer(begun, answer);
    } else if (answer != null) {
      begun.work = clock.setTimer(context, script.afterMs, done -> answer(begun, answer));
    }
  }

  /** Another worker gets the job of one that is gone only if it was on the list. */
  private void claim(Held claimed) {
    var job = claimed.job;
    send(job.claimTo(), new Signal.Claim(job.name(), job.id(), id, claimed.text != null));
  }

  private Signal alive() {
    return new Signal.Alive(id, Optional.empty());
  }

  private void send(@Nullable String channel, Signal signal) {
    if (channel != null) {
      send(() -> redis.publish(channel, signal.encode()));
    }
  }

  private void send(Runnable command) {
    commands.send(
        redis.slow(),
        () -> {
          if (!isGone) {
            command.run();
          }
        });
  }

  /** What a script emits itself, such as progress, comes before what it gives. */
  private void answer(Held done, Function<Job, ?> answer) {
    var payload = payload(done.job, answer);
    loop.firstWhenQuiet(() -> send(() -> answer(done, payload)));
  }

  private void answer(Held done, Buffer payload) {
    if (held.contains(done)) { // nobody may want it any more
      var replyTo = done.job.replyTo();
      redis.publish(replyTo == null ? done.key.channel() : replyTo, payload);
      forget(done);
    }
  }

  /** What the script gives, or the failure that it throws, an error of an assertion included. */
  private static Buffer payload(Job job, Function<Job, ?> answer) {
    try {
      var result = answer.apply(job);
      return result == null
          ? WireFormat.encode(job.name(), job.id())
          : WireFormat.encode(job.name(), job.id(), result);
    } catch (EventFailureException failure) {
      var message = String.valueOf(failure.getMessage());
      return failed(job, failure.code(), message, failure.detail());
    } catch (RuntimeException | Error unexpected) {
      return failed(job, INTERNAL_ERROR, unexpected.toString(), null);
    }
  }

  private static Buffer failed(Job job, int code, String message, @Nullable Object detail) {
    return WireFormat.encode(job.name(), job.id(), WireFormat.failure(code, message, detail));
  }

  /** The job is over. */
  private void forget(Held known) {
    end(known);
    if (known.text != null) {
      redis.done(list, id, known.text);
    }
  }

  private void end(Held known) {
    held.remove(known);
    clock.cancel(known.signs);
    clock.cancel(known.work);
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
      held.stream()
          .filter(each -> each.key.equals(key))
          .filter(each -> unwanted.claimTo().equals(each.job.claimTo()))
          .toList()
          .forEach(this::forget);
    } else if (signal instanceof Signal.Reclaim reclaim) {
      held.stream()
          .filter(each -> reclaim.claimTo().equals(each.job.claimTo()))
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
    observer.abandoned(held.stream().map(job -> job.key).collect(Collectors.toSet()));
    List.copyOf(held).forEach(this::end);
    redis.leave(list, id);
  }

  /** Gives back what it had from the list, as other workers do for one that is dead. */
  void giveBack() {
    redis.giveBack(list, id);
  }
}
