package dev.serverevents.internal.redis.publish;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes emits as far as the limits allow, and ends each that takes longer than the emit timeout.
 * Used on the verticle's context only.
 */
public final class Publisher {

  private static final String UNDEPLOYED = "Not emitted: the ServerEventsVerticle was undeployed";

  private final Resources resources;
  private final Dispatcher dispatcher;
  private final long timeoutMs;
  private final LimitsOptions limits;

  /** The publications that have not ended, in the order of their deadlines. */
  private final Set<Publication> pending = new LinkedHashSet<>();

  /** The idempotent ones among them, by the keys that Redis has for their idempotency keys. */
  private final Map<String, IdempotentEmit> underWay = new HashMap<>();

  private long queuedBytes;
  private String unavailable = "not connected yet";
  private long timer = -1;
  private @Nullable Promise<Void> drained;
  private boolean closed;

  /** Has nothing to publish yet. */
  public Publisher(Resources resources, Dispatcher dispatcher) {
    this.resources = resources;
    this.dispatcher = dispatcher;
    timeoutMs = resources.options().getEmitTimeout();
    limits = resources.options().getLimits();
  }

  /** See {@link Broker#publish}. */
  public Future<Integer> publish(
      String channel, Buffer payload, EventKey key, EmitOptions options) {
    if (closed) {
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
    var steps = new PublishSteps(resources.pubsub(), channel, payload, key, options);
    var idempotent = steps.idempotent();
    var isOfOneSlot = steps.isOfOneSlot();
    if (idempotent != null && !isOfOneSlot) {
      return Future.failedFuture(
          new InvalidInputException(
              "idempotencyKey",
              idempotent.key(),
              "cannot be for a direct reply, or for a name or id with \"}\","
                  + " where redis.pubsub is \"sharded\""));
    }
    if (idempotent != null) {
      var rival = underWay.putIfAbsent(idempotent.redisKey(), idempotent);
      if (rival != null) {
        return Future.failedFuture(idempotent.rivalOf(rival));
      }
    }
    if (!isOfOneSlot) {
      steps.split();
    }
    return begin(steps);
  }

  private static Future<Integer> isFull(String why) {
    return Future.failedFuture(new UnavailableException(Cause.LIMIT, "Not emitted: " + why));
  }

  private Future<Integer> begin(PublishSteps steps) {
    var deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    var publication = new Publication(steps, deadline);
    pending.add(publication);
    queuedBytes += steps.size();
    publication.receivers().onComplete(done -> ended(publication));
    dispatcher.route(publication);
    if (timer < 0) {
      timer = resources.vertx().setTimer(timeoutMs, id -> expire());
    }
    return publication.receivers();
  }

  private void ended(Publication publication) {
    pending.remove(publication);
    queuedBytes -= publication.steps().size();
    var idempotent = publication.steps().idempotent();
    if (idempotent != null) {
      underWay.remove(idempotent.redisKey());
    }
    completeIfDrained();
  }

  /** Completes once nothing is queued or unanswered. */
  public Future<Void> drain() {
    drained = Promise.promise();
    completeIfDrained();
    return drained.future();
  }

  private void completeIfDrained() {
    if (drained != null && pending.isEmpty()) {
      drained.tryComplete();
    }
  }

  /** A connection that publishes is gone. */
  public void disconnected(Throwable cause) {
    unavailable = String.valueOf(cause.getMessage());
  }

  /** Fails all that is left. */
  public void close() {
    closed = true;
    resources.vertx().cancelTimer(timer);
    for (var publication : List.copyOf(pending)) {
      publication.fail(
          Cause.DRAINING,
          publication.isSent()
              ? PublishQueue.UNANSWERED + "the verticle was undeployed"
              : UNDEPLOYED);
    }
  }

  private void expire() {
    timer = -1;
    var now = System.nanoTime();
    var within = "within %d ms (emitTimeout)".formatted(timeoutMs);
    for (var publication : pending.stream().takeWhile(each -> each.isLate(now)).toList()) {
      publication.fail(
          Cause.REDIS_AWAY,
          publication.isSent()
              ? PublishQueue.UNANSWERED + "no answer " + within
              : "Not emitted %s: %s"
                  .formatted(within, requireNonNullElse(publication.refusal(), unavailable)));
    }
    dispatcher.purge();
    pending.stream()
        .findFirst()
        .ifPresent(
            next -> timer = resources.vertx().setTimer(next.msLeft(now) + 1, id -> expire()));
  }
}
