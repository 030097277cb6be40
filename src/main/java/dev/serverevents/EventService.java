package dev.serverevents;

import dev.serverevents.bus.Addresses;
import dev.serverevents.bus.Batch;
import dev.serverevents.bus.Command;
import dev.serverevents.bus.Deployments;
import dev.serverevents.bus.Deployments.Deployment;
import dev.serverevents.bus.JsonAddresses;
import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
import dev.serverevents.bus.StoreChange;
import dev.serverevents.redis.MalformedPayloadException;
import dev.serverevents.redis.RedisStores;
import dev.serverevents.redis.WireFormat;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link ServerEventsVerticle} does while deployed: it joins the event bus and Redis. */
final class EventService implements RedisStores.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(EventService.class);

  private final Vertx vertx;
  private final Context context;
  private final ServerEventsOptions options;
  private final String serverId = UUID.randomUUID().toString();
  private final String address = Addresses.verticle(serverId);
  private final Deployments deployments;
  private final RedisStores stores;
  private final Outbox<Notice> outbox;
  private final ServerEventsMetrics metrics;
  private final DroppedPayloads dropped;
  private final Interests interests;
  private @Nullable MessageConsumer<?> commands;
  private boolean serving;
  private boolean draining;

  EventService(Vertx vertx, Context context, ServerEventsOptions options) {
    this.vertx = vertx;
    this.context = context;
    this.options = options;
    metrics = ServerEventsMetrics.of(vertx);
    dropped = new DroppedPayloads(metrics);
    deployments = new Deployments(vertx);
    stores = new RedisStores(vertx, serverId, options, this);
    outbox = new Outbox<>(vertx, context, address, userIsGone -> {});
    interests = new Interests(stores, outbox, options.getLimits(), dropped);
  }

  Future<Void> start() {
    return stores.open().onSuccess(open -> serve());
  }

  /** Takes no new waits, and gives those that are pending, and the emits, time to end. */
  Future<Void> stop() {
    draining = true;
    announce(null);
    var undeployed = new UnavailableException("The ServerEventsVerticle was undeployed");
    var idle = Promise.<Void>promise();
    interests.whenIdle(idle::tryComplete);
    return interests
        .endEndless(context, undeployed)
        .compose(ended -> drained(idle.future()))
        .compose(drained -> interests.endAll(context, undeployed))
        .compose(ended -> drained(stores.drain()))
        .compose(drained -> leave())
        .compose(left -> stores.close());
  }

  /** From here on a command is undelivered, which its sender is told. */
  private Future<Void> leave() {
    serving = false;
    deployments.remove(address);
    return commands == null ? Future.succeededFuture() : commands.unregister();
  }

  long droppedPayloads() {
    return dropped.count();
  }

  @Override
  public void up(Store store, boolean all) {
    announce(all ? new StoreChange(store, null) : null);
  }

  @Override
  public void reconnected(Store store) {
    metrics.reconnected(store);
  }

  @Override
  public void resubscribed(long nanos) {
    metrics.resubscribed(nanos);
  }

  @Override
  public void failed(Store store, Throwable cause) {
    metrics.connectionFailed(store);
    announce(new StoreChange(store, cause));
  }

  @Override
  public void rerouted() {
    announce(null);
  }

  @Override
  public void inboxConfirmed() {
    interests.inboxConfirmed(context);
  }

  @Override
  public void inboxLost() {
    announce(null);
    interests.inboxLost(context);
  }

  @Override
  public void replied(Payload reply) {
    interests.replied(reply);
  }

  @Override
  public void dropped(String channel, MalformedPayloadException cause) {
    dropped.add(channel, cause);
  }

  private void serve() {
    commands =
        vertx
            .eventBus()
            .<Batch<Command>>localConsumer(
                address,
                message -> {
                  var batch = message.body();
                  batch.items().forEach(command -> run(batch.from(), command));
                });
    JsonAddresses.serve(vertx);
    serving = true;
    announce(new StoreChange(Store.OUTPUT_STORE, null));
  }

  private void announce(@Nullable StoreChange change) {
    if (serving) {
      var epochs = stores.epochs();
      var epoch = stores.inboxEpoch();
      deployments.put(
          new Deployment(
              address,
              WireFormat.inbox(serverId),
              options,
              stores.isPublishing(),
              stores.isListening(),
              epochs,
              epochs.contains(epoch) ? epoch : 0,
              stores.lastHeartbeats(),
              draining));
      if (change != null) {
        change.publish(vertx);
      }
    }
  }

  private void run(String user, Command command) {
    if (command instanceof Command.Listen listen) {
      interests.listen(listen.pending(), listen.epoch());
    } else if (command instanceof Command.Leave leave) {
      interests.leave(leave.pending());
    } else if (command instanceof Command.Emit emit) {
      emit(user, emit);
    }
  }

  private void emit(String user, Command.Emit emit) {
    var name = emit.key().name();
    metrics.emitBegan();
    stores
        .publish(emit.channel(), emit.payload(), emit.key().channel(), emit.options())
        .onSuccess(
            receivers -> {
              metrics.emitted(name, receivers);
              outbox.send(user, new Notice.Emitted(emit.number(), receivers));
            })
        .onFailure(
            cause -> {
              metrics.emitFailed(name, cause);
              outbox.send(user, new Notice.NotEmitted(emit.number(), cause));
            });
  }

  /**
   * Completes with the future, or when the drain timeout is over; in either case on the context.
   */
  private Future<Void> drained(Future<Void> future) {
    var done = Promise.<Void>promise();
    var ms = options.getDrainTimeout();
    var timer =
        vertx.setTimer(
            Math.max(1, ms),
            late -> {
              LOG.warn("not drained within {} ms (drainTimeout)", ms);
              done.tryComplete();
            });
    future.onComplete(
        drained -> {
          vertx.cancelTimer(timer);
          done.tryComplete();
        });
    return done.future();
  }
}
