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
import dev.serverevents.internal.memory.Published;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import dev.serverevents.simulation.Facts.Emitted;
import dev.serverevents.simulation.Facts.Fault;
import dev.serverevents.simulation.Facts.FaultKind;
import dev.serverevents.simulation.Facts.Wait;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does what the steps of a schedule say, and notes what comes of it. Used on its context only. */
final class Simulation implements SimulatedWorker.Publisher {

  static final List<String> NAMES = List.of("a", "a:b", "job");

  /** The numbers of answers, which no emit has: so many for each wait. */
  private static final int ANSWERS = 1_000;

  final Facts facts = new Facts();
  final Trace trace;
  final MemoryRedis redis;
  final List<SimulatedWorker> workers = new ArrayList<>();
  private final Context context;
  private final ServerEvents events;
  private final Runnable drain;
  private final Map<Integer, EventWait> waits = new HashMap<>();
  private final Map<Integer, EventStream> streams = new HashMap<>();
  private final Map<Integer, Integer> answers = new HashMap<>();
  private @Nullable Published lost;

  Simulation(
      Trace trace, MemoryRedis redis, Context context, ServerEvents events, Runnable drain) {
    this.trace = trace;
    this.redis = redis;
    this.context = context;
    this.events = events;
    this.drain = drain;
    redis.observe(this::published);
  }

  // Waits

  void listen(Wait wait, WaitOptions options) {
    begin(wait);
    keep(wait, events.listen(wait.key.name(), wait.key.id(), options));
  }

  void request(Wait wait, WaitOptions options) {
    begin(wait);
    keep(
        wait,
        events.listen(wait.key.name(), wait.key.id(), options, job -> handOver(wait, job)));
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
        .onComplete(
            (args, failure) -> ended(wait, args == null ? -1 : number(args), failure));
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

  private static int number(EventArgs args) {
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
    ended(
        emitted,
        events.emitProgress(emitted.key.name(), emitted.key.id(), emitted.number));
  }

  /** Another program emits an event. */
  void emitElsewhere(EventKey key, int number) {
    publish(key.channel(), WireFormat.encode(key.name(), key.id(), number));
  }

  @Override
  public void publish(String channel, Buffer payload) {
    if (!redis.isDown()) {
      redis.publish(channel, payload);
    }
  }

  @Override
  public int number(int wait) {
    return (wait + 1) * ANSWERS + answers.merge(wait, 1, Integer::sum);
  }

  @Override
  public void taken(int wait) {
    trace.add("taken", wait);
    facts.waits.get(wait).taken = trace.now();
  }

  @Override
  public void done(int wait) {
    facts.waits.get(wait).done = trace.now();
  }

  /** The wait for which an answer was, or -1 if it was an emit. */
  static int waitOf(int number) {
    return number / ANSWERS - 1;
  }

  private void published(Published published) {
    var isLost = published == lost;
    try {
      var payload = WireFormat.decode(published.payload(), Integer.MAX_VALUE);
      var key = payload.key();
      if (key.name().startsWith(EventKey.RESERVED)) {
        Signal.of(payload).ifPresent(signal -> signalled(signal, published.channel(), isLost));
        return;
      }
      var failure = payload.failure();
      var number =
          failure == null
              ? number(payload.args())
              : Integer.parseInt(String.valueOf(failure.getMessage()));
      var emitted = facts.emits.get(number);
      var retain = published.retained() && emitted != null ? emitted.retain : 0;
      trace.add("published", key, number, published.receivers(), isLost);
      var at = trace.now();
      facts.publications.add(
          new Publication(
              at,
              published.channel(),
              key,
              number,
              retain == 0 ? 0 : at.ns() + TimeUnit.MILLISECONDS.toNanos(retain),
              isLost,
              failure != null));
    } catch (MalformedPayloadException noEvent) {
      throw new IllegalStateException(noEvent);
    }
  }

  private void signalled(Signal signal, String channel, boolean isLost) {
    var worker = channel.startsWith(WireNames.worker("")) ? channel : "";
    trace.add(signal.getClass().getSimpleName(), isLost, worker);
    if (signal instanceof Signal.Claim claim && !isLost) {
      for (var wait : facts.waits.values()) {
        if (channel.equals(wait.inbox) && claim.id().equals(wait.key.id())) {
          wait.claimed = trace.now();
        }
      }
    }
  }

  // Faults

  void begin(FaultKind kind) {
    facts.faults.add(new Fault(kind, trace.now()));
  }

  void end(FaultKind kind) {
    facts.faults.stream()
        .filter(fault -> fault.kind == kind && fault.to == null)
        .forEach(fault -> fault.to = trace.now());
  }

  void down() {
    if (!redis.isDown()) {
      begin(FaultKind.DOWN);
      redis.down();
    }
  }

  /** Connections are made again: at once, or at their next attempts. */
  void up(boolean isAtOnce) {
    end(FaultKind.DOWN);
    redis.up();
    if (isAtOnce) {
      redis.reconnect();
    }
  }

  void gapBegins() {
    begin(FaultKind.GAP);
    redis.gapBegins();
  }

  void gapEnds() {
    redis.gapEnds();
    end(FaultKind.GAP);
  }

  void slow(long ms) {
    begin(FaultKind.SLOW);
    facts.slowest = Math.max(facts.slowest, ms);
    redis.slow(ms);
    if (ms == 0) {
      end(FaultKind.SLOW);
    }
  }

  void refuse(@Nullable String error) {
    if (error == null) {
      end(FaultKind.REFUSING);
    } else {
      begin(FaultKind.REFUSING);
    }
    redis.refuse(error);
  }

  void loseNext() {
    redis.loseNext(
        published -> {
          begin(FaultKind.LOSS);
          lost = published;
          return true;
        });
  }

  void addWorkers(int count) {
    facts.workers = count;
    for (var i = 0; i < count; i++) {
      workers.add(new SimulatedWorker(redis, context, this, i, NAMES));
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
    begin(FaultKind.DRAIN);
    drain.run();
  }

  /** Mends all that is wrong. */
  void heal() {
    redis.loseNext(published -> false);
    refuse(null);
    slow(0);
    gapEnds();
    up(true);
  }

  /** The channels that are subscribed, but for those of workers, without what is random in them. */
  List<String> subscriptions() {
    return redis.subscriptions().keySet().stream()
        .filter(channel -> !channel.startsWith(WireNames.worker("")))
        .filter(channel -> !channel.startsWith(WireNames.serves("")))
        .map(channel -> channel.replaceAll(":[\\w-]+\\.(\\w+)$", ":random.$1"))
        .toList();
  }
}
