package dev.serverevents.simulation;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventStream;
import dev.serverevents.EventWait;
import dev.serverevents.Job;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.WireNames;
import dev.serverevents.simulation.Facts.Emitted;
import dev.serverevents.simulation.Facts.FaultKind;
import dev.serverevents.simulation.Facts.Wait;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Does what the steps of a schedule say, and notes what comes of it. Used on its context only. */
final class Simulation {

  static final List<String> NAMES = List.of("a", "a:b", "job");

  final Facts facts = new Facts();
  final Trace trace;
  final MemoryRedis redis;
  final Faults faults;
  final Elsewhere elsewhere;
  final List<SimulatedWorker> workers = new ArrayList<>();
  private final Context context;
  private final ServerEvents events;
  private final Runnable drain;
  private final Map<Integer, EventWait> waits = new HashMap<>();
  private final Map<Integer, EventStream> streams = new HashMap<>();

  Simulation(Trace trace, MemoryRedis redis, Context context, ServerEvents events, Runnable drain) {
    this.trace = trace;
    this.redis = redis;
    this.context = context;
    this.events = events;
    this.drain = drain;
    elsewhere = new Elsewhere(redis, facts, trace);
    faults = new Faults(redis, facts, trace);
    redis.observe(new Observer(facts, faults, trace)::published);
  }

  // Waits

  void listen(Wait wait, WaitOptions options) {
    begin(wait);
    keep(wait, events.listen(wait.key.name(), wait.key.id(), options));
  }

  void request(Wait wait, WaitOptions options) {
    begin(wait);
    keep(wait, events.listen(wait.key.name(), wait.key.id(), options, job -> handOver(wait, job)));
  }

  private Future<?> handOver(Wait wait, Job job) {
    trace.add("hand over", wait.index);
    wait.inbox = job.replyTo() == null ? job.claimTo() : job.replyTo();
    var plan = wait.plan;
    if (plan.failsToHandOver()) {
      return Future.failedFuture("not handed over");
    }
    workers.get(plan.worker()).hand(job, wait.index, plan);
    return Future.succeededFuture();
  }

  private void begin(Wait wait) {
    facts.waits.put(wait.index, wait);
    wait.began = trace.now();
  }

  private void keep(Wait wait, EventWait kept) {
    waits.put(wait.index, kept);
    kept.subscribed().onSuccess(heard -> heard(wait));
    kept.future()
        .onComplete((args, failure) -> ended(wait, args == null ? -1 : number(args), failure));
  }

  private void heard(Wait wait) {
    if (wait.ended == null) {
      trace.add("heard", wait.index);
      wait.heard = trace.now();
    }
  }

  private void ended(Wait wait, int number, @Nullable Throwable failure) {
    wait.outcomes++;
    wait.ended = trace.now();
    wait.cause = Cause.of(failure);
    wait.number = number;
    if (failure instanceof EventFailureException job) {
      wait.number = Integer.parseInt(String.valueOf(job.getMessage()));
    }
    if (failure instanceof ServerEventsException known) {
      wait.timeline = known.timeline();
    }
    wait.how = failure == null ? "" : String.valueOf(failure.getMessage());
    trace.add(Trace.ENDED, wait.index, wait.cause, wait.number);
  }

  void stream(Wait wait, StreamOptions options) {
    begin(wait);
    var stream = events.stream(wait.key.name(), wait.key.id(), options);
    streams.put(wait.index, stream);
    stream.subscribed().onSuccess(heard -> heard(wait));
    stream
        .exceptionHandler(failure -> ended(wait, -1, failure))
        .endHandler(
            end -> {
              var last = wait.seen.isEmpty() ? -1 : wait.seen.get(wait.seen.size() - 1);
              ended(wait, last, null);
            })
        .handler(event -> seen(wait, event));
  }

  private void seen(Wait wait, StreamEvent event) {
    trace.add("seen", wait.index, event.type());
    if (event instanceof StreamEvent.Progress progress) {
      wait.seen.add(number(progress.args()));
    } else if (event instanceof StreamEvent.Result result) {
      wait.seen.add(number(result.args()));
    } else if (event instanceof StreamEvent.Failure failure) {
      wait.seen.add(Integer.parseInt(String.valueOf(failure.cause().getMessage())));
    }
  }

  static int number(EventArgs args) {
    return (Integer) args.get(0);
  }

  void cancel(int index) {
    var wait = facts.waits.get(index);
    if (wait != null && wait.cancelled == null) {
      wait.cancelled = trace.now();
      if (wait.isStream) {
        streams.get(index).close();
      } else {
        waits.get(index).cancel();
      }
    }
  }

  // Events

  void emit(Emitted emitted, EmitOptions options, boolean isFailure) {
    facts.emits.put(emitted.number, emitted);
    emitted.began = trace.now();
    var key = emitted.key;
    var done =
        isFailure
            ? events.emitFailure(
                options, key.name(), key.id(), 422, String.valueOf(emitted.number), null)
            : events.emit(options, key.name(), key.id(), emitted.number);
    ended(emitted, done);
  }

  private void ended(Emitted emitted, Future<Integer> done) {
    done.onComplete(
        (receivers, failure) -> {
          emitted.outcomes++;
          emitted.ended = trace.now();
          emitted.cause = Cause.of(failure);
          trace.add("emitted", emitted.number, emitted.cause, receivers);
        });
  }

  void emitProgress(Emitted emitted) {
    facts.emits.put(emitted.number, emitted);
    emitted.began = trace.now();
    ended(emitted, events.emitProgress(emitted.key.name(), emitted.key.id(), emitted.number));
  }

  void addWorkers(int count) {
    facts.workers = count;
    for (var i = 0; i < count; i++) {
      workers.add(new SimulatedWorker(redis, context, elsewhere, i, NAMES));
    }
  }

  void workerEnds(int index, boolean dies) {
    trace.add("worker", index, dies);
    if (dies) {
      facts.deaths.putIfAbsent(index, trace.now());
      workers.get(index).die();
    } else {
      facts.freezes.putIfAbsent(index, trace.now());
      workers.get(index).freeze();
    }
  }

  void drain() {
    faults.begin(FaultKind.DRAIN);
    drain.run();
  }

  /**
   * The channels that are subscribed, but for those of workers and of all servers, without what is
   * random in them.
   */
  List<String> subscriptions() {
    return redis.subscriptions().keySet().stream()
        .filter(channel -> !channel.equals(WireNames.SERVERS))
        .filter(channel -> !channel.startsWith(WireNames.worker("")))
        .filter(channel -> !channel.startsWith(WireNames.serves("")))
        .map(channel -> channel.replaceAll(":[\\w-]+\\.(\\w+)$", ":random.$1"))
        .toList();
  }
}
