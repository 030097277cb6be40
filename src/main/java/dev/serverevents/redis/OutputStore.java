package dev.serverevents.redis;

import dev.serverevents.Store;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisConnection;

/** A connection that subscribes, and what is subscribed on it. */
final class OutputStore implements StoreConnection.Owner {

  private final StoreConnection connection;
  private final Subscriptions subscriptions;
  private final RedisStores stores;
  private long epoch;
  private boolean again;

  OutputStore(RedisStores stores, Target target) {
    this.stores = stores;
    subscriptions =
        new Subscriptions(
            stores.vertx().getOrCreateContext(), PubSub.of(stores.redis()), stores, this::complete);
    connection =
        new StoreConnection(stores.vertx(), Store.OUTPUT_STORE, stores.redis(), target, this);
  }

  /** Makes the first connection; fails if that cannot be done, which is tried again. */
  Future<Void> open() {
    return connection.open();
  }

  /** Closes it for good: nobody is told of what comes until the connection has ended. */
  Future<Void> close() {
    subscriptions.disconnected();
    return connection.close();
  }

  StoreConnection connection() {
    return connection;
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  /** The number of the present connection: no other one of the verticle has it, ever. */
  long epoch() {
    return epoch;
  }

  /** Tells whether all that is published on a channel from now on will come. */
  boolean hears(String channel) {
    return connection.isUp() && subscriptions.isConfirmed(channel);
  }

  @Override
  public void up(StoreConnection store, RedisConnection connection, boolean again) {
    epoch = stores.nextEpoch();
    this.again = again;
    subscriptions.connected(connection);
    if (again) {
      stores.reconnected(store);
    }
  }

  @Override
  public void down(StoreConnection store, Throwable cause) {
    subscriptions.disconnected();
    stores.failed(store, cause);
  }

  private void complete(long nanos) {
    if (again) {
      stores.resubscribed(nanos);
    }
  }
}
