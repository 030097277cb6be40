package dev.serverevents.internal.memory;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes emits as far as the limits allow, sends them in their order when that is possible, and ends
 * each that takes longer than the emit timeout. Used on one context only.
 */
final class MemoryPublisher {

  private static final String UNDEPLOYED = "Not emitted: the ServerEventsVerticle was undeployed";
  private static final String UNANSWERED =
      "Written to Redis but not answered, so it may have been delivered or not: ";

  private final MemoryServer server;
  private final Clock clock;
  private final Context context;
  private final MemoryConnection connection;
  private final long timeoutMs;
  private final LimitsOptions limits;
  private final EndOfTurn endOfTurn;

  /** All that have not ended, in the order of their deadlines. */
  private final Set<Emit> pending = new LinkedHashSet<>();

  /** The idempotent ones among them, by the keys of their outcomes. */
  private final Map<String, Emit> underWay = new HashMap<>();

  private final Deque<Emit> queue = new ArrayDeque<>();
  private final Deque<Emit> again = new ArrayDeque<>();
  private long queuedBytes;
  private String unavailable = "not connected yet";
  private long timer = -1;
  private @Nullable Promise<Void> drained;
  private boolean isClosed;

  MemoryPublisher(
      MemoryServer server, Context context, MemoryConnection connection, ServerEventsOptions opts) {
    this.server = server;
    this.context = context;
    this.connection = connection;
    clock = server.clock();
    timeoutMs = opts.getEmitTimeout();
    limits = opts.getLimits();
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  Future<Integer> publish(String channel, Buffer payload, EventKey key, EmitOptions options) {
    if (isClosed) {
      return Future.failedFuture(new UnavailableException(Cause.DRAINING, UNDEPLOYED));
    }
    if (pending.size() >= limits.getEmitQueue()) {
      return isFull(pending.size() + " emits are queued already (limits.emitQueue)");
    }
    if (!pending.isEmpty() && queuedBytes + payload.length() > limits.getEmitQueueBytes()) {
      return isFull(
          "with its %d bytes, %d would be queued (limits.emitQueueBytes)"
              .formatted(payload.length(), queuedBytes + payload.length()));
    }
    var deadline = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    var emit = new Emit(channel, payload, key, options, deadline);
    var outcomeKey = emit.outcomeKey();
    var rival = outcomeKey == null ? null : underWay.putIfAbsent(outcomeKey, emit);
    return rival == null ? begin(emit) : Future.failedFuture(rival.rival(emit));
  }

  private static Future<Integer> isFull(String why) {
    return Future.failedFuture(new UnavailableException(Cause.LIMIT, "Not emitted: " + why));
  }

  private Future<Integer> begin(Emit emit) {
    pending.add(emit);
    queuedBytes += emit.size();
    emit.receivers().onComplete(done -> ended(emit));
    queue.add(emit);
    endOfTurn.schedule();
    if (timer < 0) {
      timer = clock.setTimer(context, timeoutMs, id -> expire());
    }
    return emit.receivers();
  }

  private void ended(Emit emit) {
    pending.remove(emit);
    queuedBytes -= emit.size();
    var outcomeKey = emit.outcomeKey();
    if (outcomeKey != null) {
      underWay.remove(outcomeKey);
    }
    if (pending.isEmpty()) {
      stopTimer();
    }
    completeIfDrained();
  }

  private void stopTimer() {
    clock.cancel(timer);
    timer = -1;
  }

  /** Sends what is queued, if that is possible now. */
  void flush() {
    while (connection.isUp() && !(again.isEmpty() && queue.isEmpty())) {
      var emit = again.isEmpty() ? queue.remove() : again.remove();
      if (!emit.hasEnded()) {
        emit.sent(true);
        connection
            .send(() -> emit.run(server))
            .onSuccess(emit::ran)
            .onFailure(cause -> failed(emit, cause));
      }
    }
  }

  private void failed(Emit emit, Throwable cause) {
    if (cause instanceof RefusalException refusal) {
      emit.fail(Cause.REDIS_REFUSED, "Redis refused the emit: " + refusal.getMessage());
    } else if (!emit.isRepeatable()) {
      emit.fail(Cause.REDIS_AWAY, UNANSWERED + cause.getMessage());
    } else if (!emit.hasEnded()) {
      again.add(emit);
    }
  }

  /** Completes once nothing is queued or unanswered. */
  Future<Void> drain() {
    drained = Promise.promise();
    completeIfDrained();
    return drained.future();
  }

  private void completeIfDrained() {
    if (drained != null && pending.isEmpty()) {
      drained.tryComplete();
    }
  }

  /** The connection is gone, or could not be made. */
  void disconnected(Throwable cause) {
    unavailable = String.valueOf(cause.getMessage());
  }

  /** Fails all that is left. */
  void close() {
    isClosed = true;
    stopTimer();
    for (var emit : List.copyOf(pending)) {
      emit.fail(
          Cause.DRAINING, emit.isSent() ? UNANSWERED + "the verticle was undeployed" : UNDEPLOYED);
    }
  }

  private void expire() {
    timer = -1;
    var now = clock.nanoTime();
    var within = "within %d ms (emitTimeout)".formatted(timeoutMs);
    for (var emit : pending.stream().takeWhile(each -> each.deadline() - now <= 0).toList()) {
      emit.fail(
          Cause.REDIS_AWAY,
          emit.isSent()
              ? UNANSWERED + "no answer " + within
              : "Not emitted %s: %s".formatted(within, unavailable));
    }
    again.removeIf(Emit::hasEnded);
    queue.removeIf(Emit::hasEnded);
    pending.stream()
        .findFirst()
        .ifPresent(
            next -> {
              var ms = TimeUnit.NANOSECONDS.toMillis(next.deadline() - now + 999_999);
              stopTimer();
              timer = clock.setTimer(context, ms, id -> expire());
            });
  }
}
