package dev.serverevents.redis;

import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Publishes in order: what comes in one event-loop turn goes out at its end, in one write; what
 * comes while Redis is away is kept, for the emit timeout at most. Used on the verticle's context
 * only.
 */
public final class Publisher implements PublishBatch.Outcomes {

  /** Events that may await their answers. */
  static final int WINDOW = 4_096;

  /** Events in one write. */
  private static final int MAX_BATCH = 512;

  private final Context context;
  private final EndOfTurn endOfTurn;
  private final long timeoutMs;
  private final int maxQueue;
  private final int replicas;
  private final Deque<Emission> queue = new ArrayDeque<>();
  private final Deque<Emission> again = new ArrayDeque<>();
  private final Set<Emission> inFlight = new LinkedHashSet<>();

  /** By their Redis key. */
  private final Map<String, IdempotentEmit> underWay = new HashMap<>();

  private @Nullable RedisConnection connection;
  private String unavailable = "not connected yet";
  private long timer = -1;
  private @Nullable Promise<Void> drained;
  private boolean closed;

  Publisher(Context context, ServerEventsOptions options) {
    this.context = context;
    endOfTurn = new EndOfTurn(context, this::flush);
    timeoutMs = options.getEmitTimeout();
    maxQueue = options.getLimits().getEmitQueue();
    replicas = options.getRedis().getReplicas();
  }

  /**
   * Publishes a payload, and stores it as well where it is to be retained, both or neither.
   *
   * @param channel where it goes: the event's own channel, or an inbox
   * @param eventChannel the event's own channel
   * @param options how long Redis keeps it, and whether it may have been emitted already
   * @return how many subscribers it had on the Redis that took it, or -1 where that is not known;
   *     fails with {@link UnavailableException} if Redis refused it, did not have it within the
   *     emit timeout, or did not answer. One that was written and not answered is sent again if it
   *     is retained or has an idempotency key, since that does no harm; any other may have been
   *     delivered or not. {@link IdempotencyException} if its key stands for another.
   */
  public Future<Integer> publish(
      String channel, Buffer payload, String eventChannel, EmitOptions options) {
    if (closed) {
      return Future.failedFuture(undeployed());
    }
    if (queue.size() >= maxQueue) {
      return Future.failedFuture(
          new UnavailableException(
              "Not emitted: %d emits are queued already (limits.emitQueue)".formatted(maxQueue)));
    }
    var deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    var emission = new Emission(channel, payload, eventChannel, options, deadline);
    var idempotent = emission.idempotent();
    if (idempotent != null) {
      var rival = underWay.putIfAbsent(idempotent.redisKey(), idempotent);
      if (rival != null) {
        return Future.failedFuture(idempotent.rivalOf(rival));
      }
      emission.receivers.future().onComplete(done -> underWay.remove(idempotent.redisKey()));
    }
    queue.add(emission);
    endOfTurn.schedule();
    watch();
    return emission.receivers.future();
  }

  /** Completes once nothing is queued or unanswered. */
  public Future<Void> drain() {
    drained = Promise.promise();
    tellIfDrained();
    return drained.future();
  }

  void connected(RedisConnection connection) {
    this.connection = connection;
    flush();
  }

  void disconnected(Throwable cause) {
    connection = null;
    unavailable = String.valueOf(cause.getMessage());
  }

  /** Fails all that is left. */
  void close() {
    closed = true;
    connection = null;
    context.owner().cancelTimer(timer);
    var left = Stream.of(again, queue).flatMap(Deque::stream).toList();
    again.clear();
    queue.clear();
    left.forEach(emission -> emission.fail(undeployed()));
    Set.copyOf(inFlight)
        .forEach(emission -> emission.fail(ambiguous("the verticle was undeployed")));
    inFlight.clear();
  }

  private void flush() {
    var current = connection;
    while (current != null && current == connection) {
      var batch = take();
      if (batch.isEmpty()) {
        return;
      }
      inFlight.addAll(batch);
      PublishBatch.send(current, batch, replicas, this)
          .onSuccess(
              works -> {
                batch.forEach(inFlight::remove);
                if (!works && current == connection) {
                  connection = null; // its end is about to be told
                }
                flush();
                tellIfDrained();
              });
    }
  }

  private List<Emission> take() {
    var batch = new ArrayList<Emission>();
    var room = Math.min(MAX_BATCH, WINDOW - inFlight.size());
    while (batch.size() < room && !(again.isEmpty() && queue.isEmpty())) {
      batch.add(again.isEmpty() ? queue.remove() : again.remove());
    }
    return batch;
  }

  @Override
  public void published(Emission emission, @Nullable Response answer) {
    emission.answered(answer);
  }

  @Override
  public void unreplicated(Emission emission, int reached) {
    emission.fail(
        new UnavailableException(
            "Redis has the event, but only %d of %d replicas have it (redis.replicas)"
                .formatted(reached, replicas)));
  }

  @Override
  public void refused(Emission emission, String why) {
    emission.fail(new UnavailableException("Redis refused the emit: " + why));
  }

  @Override
  public void unanswered(Emission emission, String why) {
    if (emission.isRepeatable()) {
      unwritten(emission);
    } else {
      emission.fail(ambiguous(why));
    }
  }

  @Override
  public void unwritten(Emission emission) {
    if (!emission.receivers.future().isComplete()) {
      again.add(emission);
    }
  }

  private static UnavailableException undeployed() {
    return new UnavailableException("Not emitted: the ServerEventsVerticle was undeployed");
  }

  private static UnavailableException ambiguous(@Nullable String why) {
    return new UnavailableException(
        "Written to Redis but not answered, so it may have been delivered or not: " + why);
  }

  private void watch() {
    if (timer < 0) {
      timer = context.owner().setTimer(timeoutMs, id -> expire());
    }
  }

  private void expire() {
    timer = -1;
    var now = System.nanoTime();
    var queued = "Not emitted within %d ms (emitTimeout): %s".formatted(timeoutMs, unavailable);
    expire(again, now, new UnavailableException(queued));
    expire(queue, now, new UnavailableException(queued));
    var unanswered = ambiguous("no answer within %d ms (emitTimeout)".formatted(timeoutMs));
    inFlight.stream().filter(emit -> emit.isLate(now)).forEach(emit -> emit.fail(unanswered));
    Stream.of(again.stream().limit(1), queue.stream().limit(1), inFlight.stream())
        .flatMap(emits -> emits)
        .filter(emit -> !emit.isLate(now))
        .mapToLong(emit -> emit.msLeft(now))
        .min()
        .ifPresent(ms -> timer = context.owner().setTimer(ms + 1, id -> expire()));
  }

  private void expire(Deque<Emission> waiting, long now, UnavailableException cause) {
    while (!waiting.isEmpty() && waiting.element().isLate(now)) {
      waiting.remove().fail(cause);
    }
  }

  private void tellIfDrained() {
    if (drained != null && queue.isEmpty() && again.isEmpty() && inFlight.isEmpty()) {
      drained.tryComplete();
    }
  }
}
