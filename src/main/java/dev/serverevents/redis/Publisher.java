package dev.serverevents.redis;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Publishes in order, and keeps what comes while Redis is away, for the emit timeout at most. Used
 * on the verticle's context only.
 */
public final class Publisher {

  /** Emits that may await their answers. */
  static final int WINDOW = 4_096;

  private final Vertx vertx;
  private final long timeoutMs;
  private final int maxQueue;
  private final Deque<Emit> queue = new ArrayDeque<>();
  private final Deque<Emit> again = new ArrayDeque<>();
  private final Set<Emit> inFlight = new LinkedHashSet<>();
  private @Nullable RedisConnection connection;
  private String unavailable = "not connected yet";
  private long timer = -1;
  private @Nullable Promise<Void> drained;
  private boolean closed;

  Publisher(Vertx vertx, ServerEventsOptions options) {
    this.vertx = vertx;
    timeoutMs = options.getEmitTimeout();
    maxQueue = options.getLimits().getEmitQueue();
  }

  /**
   * Publishes a payload, and stores it as well where it is to be retained, both or neither.
   *
   * @param retainMs how long Redis keeps it, or 0
   * @return how many subscribers it had on the Redis that took it; fails with {@link
   *     UnavailableException} if Redis refused it, did not have it within the emit timeout, or did
   *     not answer. A retained one that was written and not answered is sent again, for it may be
   *     there twice without harm; one that is not retained may have been delivered or not.
   */
  public Future<Integer> publish(String channel, Buffer payload, long retainMs) {
    if (closed) {
      return Future.failedFuture(undeployed());
    }
    if (queue.size() >= maxQueue) {
      return Future.failedFuture(
          new UnavailableException(
              "Not emitted: %d emits are queued already (limits.emitQueue)".formatted(maxQueue)));
    }
    var emit = new Emit(channel, payload, retainMs);
    queue.add(emit);
    send();
    watch();
    return emit.promise.future();
  }

  /** Completes once nothing is queued or unanswered. */
  public Future<Void> drain() {
    drained = Promise.promise();
    tellIfDrained();
    return drained.future();
  }

  void connected(RedisConnection connection) {
    this.connection = connection;
    send();
  }

  void disconnected(Throwable cause) {
    connection = null;
    unavailable = String.valueOf(cause.getMessage());
  }

  /** Fails all that is left. */
  void close() {
    closed = true;
    connection = null;
    vertx.cancelTimer(timer);
    Stream.of(again, queue)
        .flatMap(Deque::stream)
        .toList()
        .forEach(emit -> emit.fail(undeployed()));
    again.clear();
    queue.clear();
    Set.copyOf(inFlight).forEach(emit -> emit.fail(ambiguous("the verticle was undeployed")));
    inFlight.clear();
  }

  private void send() {
    var current = connection;
    while (current != null && current == connection && inFlight.size() < WINDOW) {
      var emit = again.isEmpty() ? queue.poll() : again.poll();
      if (emit == null) {
        return;
      }
      inFlight.add(emit);
      emit.sendOn(current)
          .onSuccess(receivers -> emit.promise.tryComplete(receivers))
          .onFailure(cause -> failed(emit, current, cause))
          .onComplete(
              answered -> {
                inFlight.remove(emit);
                send();
                tellIfDrained();
              });
    }
  }

  private void failed(Emit emit, RedisConnection used, Throwable cause) {
    if (StoreConnection.isAnswer(cause)) {
      emit.fail(new UnavailableException("Redis refused the emit: " + cause.getMessage(), cause));
      return;
    }
    if (used == connection) {
      connection = null; // its end is about to be told
    }
    if (emit.retainMs == 0) {
      emit.fail(ambiguous(cause.getMessage()));
    } else if (!emit.promise.future().isComplete()) {
      again.add(emit);
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
      timer = vertx.setTimer(timeoutMs, id -> expire());
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
        .mapToLong(emit -> TimeUnit.NANOSECONDS.toMillis(emit.deadline - now))
        .min()
        .ifPresent(ms -> timer = vertx.setTimer(ms + 1, id -> expire()));
  }

  private void expire(Deque<Emit> waiting, long now, UnavailableException cause) {
    while (!waiting.isEmpty() && waiting.element().isLate(now)) {
      waiting.remove().fail(cause);
    }
  }

  private void tellIfDrained() {
    if (drained != null && queue.isEmpty() && again.isEmpty() && inFlight.isEmpty()) {
      drained.tryComplete();
    }
  }

  private final class Emit {
    final String channel;
    final Buffer payload;
    final long retainMs;
    final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    final Promise<Integer> promise = Promise.promise();

    Emit(String channel, Buffer payload, long retainMs) {
      this.channel = channel;
      this.payload = payload;
      this.retainMs = retainMs;
    }

    boolean isLate(long now) {
      return deadline - now <= 0;
    }

    void fail(UnavailableException cause) {
      promise.tryFail(cause);
    }

    Future<Integer> sendOn(RedisConnection redis) {
      var publish = Request.cmd(Command.PUBLISH).arg(channel).arg(payload);
      if (retainMs == 0) {
        return redis.send(publish).map(Response::toInteger);
      }
      var key = WireFormat.retainedKey(channel);
      var set = Request.cmd(Command.SET).arg(key).arg(payload).arg("PX").arg(retainMs);
      var begun = redis.send(Request.cmd(Command.MULTI));
      var stored = redis.send(set);
      var published = redis.send(publish);
      var done = redis.send(Request.cmd(Command.EXEC));
      // The first that fails says why the transaction did
      return Future.join(begun, stored, published, done)
          .map(all -> done.result().get(1).toInteger());
    }
  }
}
