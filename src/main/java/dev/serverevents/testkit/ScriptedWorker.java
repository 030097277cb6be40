package dev.serverevents.testkit;

import dev.serverevents.EventFailureException;
import dev.serverevents.Job;
import dev.serverevents.internal.Futures;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.memory.Lane;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
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

    /** Whether the kit has seen how it came to the worker. */
    final boolean isSeen;

    long signs = NO_TIMER;
    long work = NO_TIMER;

    /** Whether the script has been asked what to answer. */
    boolean isAsked;

    Held(Job job, @Nullable String text, boolean isSeen) {
      this.job = job;
      this.text = text;
      this.isSeen = isSeen;
      key = new EventKey(job.name(), job.id());
    }
  }

  /** Is told of the jobs, however they came to it. */
  interface Observer {

    /** It begins a job. */
    void begins(EventKey key);

    /** A job that it has begun is over, in whichever way. */
    void ended(EventKey key);

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
  private final Set<Held> held = new LinkedHashSet<>();

  /** The jobs that it was given, and does not do: it takes none, or is gone. */
  private final List<Held> left = new ArrayList<>();

  private Script script;
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
    goOn();
  }

  /** Does as another script says from now on, also with the jobs that it has. */
  void follow(Script next) {
    var takesNow = !script.takes && next.takes;
    script = next;
    if (!script.takes) {
      redis.leave(list, id);
    }
    held.stream().filter(job -> !job.isAsked).toList().forEach(this::work);
    if (takesNow) {
      take();
      var given = List.copyOf(left);
      left.clear();
      given.forEach(this::begin);
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
                        if (script.takes) {
                          take();
                        }
                        begin(new Held(Job.from(text), text, true));
                      }
                    }));
  }

  /** Redis is there again. */
  void goOn() {
    if (takesJobs()) {
      take();
    }
  }

  /** Whether it takes jobs, and can do them. */
  boolean takesJobs() {
    return script.takes && !isGone;
  }

  /** Whether it can do nothing any more. */
  boolean isGone() {
    return isGone;
  }

  /** Does a job that came to it in a way that the kit does not see. */
  void begin(EventKey key) {
    var job = new Job(key.name(), key.id(), null, null, 0, 0, Map.of(), null);
    begin(new Held(job, null, false));
  }

  /** Does a job that was not on the list. */
  void begin(Job job) {
    begin(new Held(job, null, true));
  }

  private void begin(Held begun) {
    if (!takesJobs()) {
      left.add(begun);
      return;
    }
    var job = begun.job;
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
    work(begun);
  }

  private void work(Held begun) {
    clock.cancel(begun.work);
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
    done.isAsked = true;
    Futures.of("The script", () -> later(answer.apply(done.job)))
        .onComplete(
            result -> {
              var payload = payload(done.job, result);
              loop.firstWhenQuiet(() -> send(() -> answer(done, payload)));
            });
  }

  private static Future<?> later(@Nullable Object result) {
    if (result instanceof Future<?> future) {
      return future;
    }
    return result instanceof CompletionStage<?> stage
        ? Future.fromCompletionStage(stage)
        : Future.succeededFuture(result);
  }

  private void answer(Held done, Buffer payload) {
    if (held.contains(done)) { // nobody may want it any more
      var replyTo = done.job.replyTo();
      redis.publish(replyTo == null ? done.key.channel() : replyTo, payload);
      forget(done);
    }
  }

  private static Buffer payload(Job job, AsyncResult<?> result) {
    try {
      if (result.succeeded()) {
        return result.result() == null
            ? WireFormat.encode(job.name(), job.id())
            : WireFormat.encode(job.name(), job.id(), result.result());
      }
      if (result.cause() instanceof EventFailureException failure) {
        var message = String.valueOf(failure.getMessage());
        return failed(job, failure.code(), message, failure.detail());
      }
      return failed(job, INTERNAL_ERROR, result.cause().toString(), null);
    } catch (RuntimeException | Error noJson) {
      return failed(job, INTERNAL_ERROR, noJson.toString(), null);
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
    clock.cancel(known.signs);
    clock.cancel(known.work);
    if (held.remove(known)) {
      observer.ended(known.key);
    }
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
    var abandoned = List.copyOf(held);
    abandoned.forEach(this::end);
    left.addAll(abandoned);
    observer.abandoned(abandoned.stream().map(job -> job.key).collect(Collectors.toSet()));
    redis.leave(list, id);
  }

  /** Gives what it has not done to another one, as a queue does when a worker is dead. */
  void leaveTo(ScriptedWorker other) {
    redis.giveBack(list, id);
    left.stream()
        .filter(job -> job.isSeen && job.text == null)
        .forEach(job -> other.begin(job.job));
  }
}
