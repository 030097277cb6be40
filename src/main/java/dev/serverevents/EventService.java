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
import dev.serverevents.redis.RedisStores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** What a {@link ServerEventsVerticle} does while deployed: it joins the event bus and Redis. */
final class EventService implements RedisStores.Listener {

  private final Vertx vertx;
  private final ServerEventsOptions options;
  private final String address = Addresses.verticle();
  private final Deployments deployments;
  private final RedisStores stores;
  private final Outbox<Notice> outbox;
  private final Interests interests;
  private boolean serving;

  EventService(Vertx vertx, Context context, ServerEventsOptions options) {
    this.vertx = vertx;
    this.options = options;
    deployments = new Deployments(vertx);
    stores = new RedisStores(vertx, options.redisUrl(), this);
    outbox = new Outbox<>(vertx, context, address, userIsGone -> {});
    interests = new Interests(stores.subscriptions(), outbox);
  }

  Future<Void> start() {
    return stores.open().onSuccess(open -> serve());
  }

  Future<Void> stop() {
    serving = false;
    deployments.remove(address);
    interests.endAll(new UnavailableException("The ServerEventsVerticle was undeployed"));
    return stores.close();
  }

  long droppedPayloads() {
    return interests.dropped();
  }

  @Override
  public void ready(Store last) {
    announce(new StoreChange(last, null));
  }

  @Override
  public void failed(Store store, Throwable cause) {
    announce(new StoreChange(store, cause));
  }

  private void serve() {
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

  private void announce(StoreChange change) {
    if (serving) {
      deployments.put(new Deployment(address, options, stores.isReady()));
      change.publish(vertx);
    }
  }

  private void run(String user, Command command) {
    if (command instanceof Command.Listen listen) {
      interests.listen(user, listen);
    } else if (command instanceof Command.Leave leave) {
      interests.leave(user, leave);
    } else if (command instanceof Command.Emit emit) {
      stores
          .publish(emit.channel(), emit.payload())
          .onSuccess(n -> outbox.send(user, new Notice.Emitted(emit.number(), n)))
          .onFailure(cause -> outbox.send(user, new Notice.NotEmitted(emit.number(), cause)));
    }
  }
}
