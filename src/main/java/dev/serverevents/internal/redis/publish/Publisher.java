package dev.serverevents.internal.redis.publish;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.EmitOptions;
import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.Routes;
import dev.serverevents.internal.redis.connection.StoreConnection;
import dev.serverevents.internal.redis.connection.Supervisor;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has every emit sent where it belongs, and ends each that takes longer than the emit timeout. Used
 * on the verticle's context only.
 */
public final class Publisher implements PublishLane.Owner {

  /** A Redis server that is published to. */
  public interface Server {
    /** Whether its connection that publishes is up. */
    boolean isInputUp();

    /** Publishes an event, and keeps it, on the connection for what it is. */
    void publish(Emission emission);

    /** Forgets what ended before it was sent. */
    void purge();
  }

  private static final String FUNCTION_MISSING =
      "Not emitted: an administrator has to load the Redis Function for idempotency keys"
          + " (emit-once.lua), since this user may not: ";

  private static final String UNDEPLOYED = "Not emitted: the ServerEventsVerticle was undeployed";

  private final Context context;
  private final Supervisor stores;
  private final Routes<? extends Server> routes;
  private final long timeoutMs;
  private final LimitsOptions limits;
  private final PubSub pubsub;

  /** All that have not ended, in the order of their deadlines. */
  private final Set<Emission> pending = new LinkedHashSet<>();

  /** By their Redis key. */
  private final Map<String, IdempotentEmit> underWay = new HashMap<>();

  private final EmitFunction function = new EmitFunction();

  private long queuedBytes;
  private String unavailable = "not connected yet";
  private long timer = -1;
  private @Nullable Promise<Void> drained;
  private boolean closed;

  /** Has nothing to publish yet. */
  public Publisher(
      Context context,
      Supervisor stores,
      Routes<? extends Server> routes,
      ServerEventsOptions options) {
    this.context = context;
    this.stores = stores;
    this.routes = routes;
    timeoutMs = options.getEmitTimeout();
    limits = options.getLimits();
    pubsub = PubSub.of(options.getRedis());
  }

  /** See {@link Broker#publish}. */
  public Future<Integer> publish(
      String channel, Buffer payload, EventKey key, EmitOptions options) {
    if (closed) {
      return Future.failedFuture(new UnavailableException(UNDEPLOYED));
    }
    if (pending.size() >= limits.getEmitQueue()) {
      return isFull(pending.size() + " emits are queued already (limits.emitQueue)");
    }
    if (!pending.isEmpty() && queuedBytes + payload.length() > limits.getEmitQueueBytes()) {
      return isFull(
          "with its %d bytes, %d would be queued (limits.emitQueueBytes)"
              .formatted(payload.length(), queuedBytes + payload.length()));
    }
    var deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    var emission = new Emission(pubsub, channel, payload, key, options, deadline);
    var idempotent = emission.idempotent();
    var isOfOneSlot = emission.isOfOneSlot();
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
      emission.receivers.future().onComplete(done -> underWay.remove(idempotent.redisKey()));
    }
    if (!isOfOneSlot) {
      emission.split();
    }
    pending.add(emission);
    queuedBytes += payload.length();
    route(emission);
    watch();
    return emission.receivers.future();
  }

  private static Future<Integer> isFull(String why) {
    return Future.failedFuture(new UnavailableException("Not emitted: " + why));
  }

  @Override
  public void route(Emission emission) {
    if (emission.hasEnded()) {
      return;
    }
    Server server = routes.shard(emission::slot);
    if (!server.isInputUp() && emission.isForAnyNode()) {
      server =
          routes.shards().stream()
              .<Server>map(other -> other)
              .filter(Server::isInputUp)
              .findFirst()
              .orElse(server);
    }
    server.publish(emission);
  }

  /** Completes once nothing is queued or unanswered. */
  public Future<Void> drain() {
    drained = Promise.promise();
    tellIfDrained();
    return drained.future();
  }

  /** A connection that publishes is gone. */
  public void disconnected(Throwable cause) {
    unavailable = String.valueOf(cause.getMessage());
  }

  /** Fails all that is left. */
  public void close() {
    closed = true;
    context.owner().cancelTimer(timer);
    for (var emission : List.copyOf(pending)) {
      fail(
          emission,
          emission.isSent() ? PublishLane.UNANSWERED + "the verticle was undeployed" : UNDEPLOYED);
    }
  }

  @Override
  public void answered(Emission emission, @Nullable Response answer) {
    if (emission.answered(answer)) {
      ended(emission);
    } else {
      route(emission);
    }
  }

  @Override
  public void refused(Emission emission, ErrorReply error, StoreConnection from) {
    if (error.kind() == ErrorReply.Kind.NO_FUNCTION) {
      load(emission, from);
      return;
    }
    stores.handle(error, from);
    if (error.kind() == ErrorReply.Kind.REFUSED) {
      fail(emission, "Redis refused the emit: " + error.getMessage());
      return;
    }
    if (emission.hasEnded()) {
      return;
    }
    if (error.kind() == ErrorReply.Kind.ASK
        && emission.leavesKey()
        && emission.idempotent() == null) {
      emission.ask();
      routes.asked(error).publish(emission);
      return;
    }
    var often = emission.refused(error) % Routes.MAX_REDIRECTS == 0;
    if (error.kind() == ErrorReply.Kind.MOVED && !often) {
      route(emission);
    } else {
      stores.later(() -> route(emission));
    }
  }

  private void load(Emission emission, StoreConnection from) {
    emission.beginAnew();
    function
        .load(from)
        .onSuccess(loaded -> route(emission))
        .onFailure(
            cause -> {
              if (cause instanceof ErrorReply error) {
                notLoaded(emission, error, from);
              } else {
                stores.later(() -> route(emission));
              }
            });
  }

  private void notLoaded(Emission emission, ErrorReply error, StoreConnection from) {
    stores.handle(error, from);
    if (error.kind() == ErrorReply.Kind.REFUSED) {
      fail(emission, FUNCTION_MISSING + error.getMessage());
    } else {
      stores.later(() -> route(emission));
    }
  }

  @Override
  public void fail(Emission emission, String why) {
    emission.fail(new UnavailableException(why));
    ended(emission);
  }

  @Override
  public void later(Runnable action) {
    stores.later(action);
  }

  private void ended(Emission emission) {
    if (pending.remove(emission)) {
      queuedBytes -= emission.size();
    }
    tellIfDrained();
  }

  private void watch() {
    if (timer < 0) {
      timer = context.owner().setTimer(timeoutMs, id -> expire());
    }
  }

  private void expire() {
    timer = -1;
    var now = System.nanoTime();
    var within = "within %d ms (emitTimeout)".formatted(timeoutMs);
    for (var emission : pending.stream().takeWhile(emit -> emit.isLate(now)).toList()) {
      fail(
          emission,
          emission.isSent()
              ? PublishLane.UNANSWERED + "no answer " + within
              : "Not emitted %s: %s"
                  .formatted(within, requireNonNullElse(emission.refusal(), unavailable)));
    }
    routes.shards().forEach(Server::purge);
    pending.stream()
        .findFirst()
        .ifPresent(next -> timer = context.owner().setTimer(next.msLeft(now) + 1, id -> expire()));
  }

  private void tellIfDrained() {
    if (drained != null && pending.isEmpty()) {
      drained.tryComplete();
    }
  }
}
