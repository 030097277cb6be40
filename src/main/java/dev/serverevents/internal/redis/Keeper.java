package dev.serverevents.internal.redis;

import dev.serverevents.Store;
import dev.serverevents.internal.redis.connection.Heartbeat;
import dev.serverevents.internal.redis.connection.StoreConnection;
import dev.serverevents.internal.redis.connection.Supervisor;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.publish.PublishBatch;
import dev.serverevents.internal.redis.publish.PublishLane;
import dev.serverevents.internal.redis.publish.Publisher;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisConnection;

/**
 * A connection of their own for the emits that leave a key which replicas must have: WAIT holds a
 * connection until they do, and everything that is sent on it after.
 */
final class Keeper implements StoreConnection.Owner {

  private final Supervisor stores;
  private final StoreConnection connection;
  private final PublishLane lane;
  private final Heartbeat heartbeat;

  Keeper(Supervisor stores, Publisher publisher, Target target) {
    this.stores = stores;
    var vertx = stores.vertx();
    connection = new StoreConnection(vertx, Store.INPUT_STORE, stores.redis(), target, this);
    lane =
        new PublishLane(
            vertx.getOrCreateContext(), publisher, connection, stores.redis().getReplicas());
    heartbeat = new Heartbeat(stores, connection, null, PublishBatch.MAX_WAIT_MS);
  }

  StoreConnection connection() {
    return connection;
  }

  PublishLane lane() {
    return lane;
  }

  Future<Void> open() {
    return connection.open();
  }

  Future<Void> close() {
    heartbeat.stop();
    lane.close();
    return connection.close();
  }

  @Override
  public void up(StoreConnection store, RedisConnection connection, boolean again) {
    lane.flush();
    heartbeat.start();
    if (again) {
      stores.reconnected(store);
    }
    stores.up(store.name());
  }

  @Override
  public void down(StoreConnection store, Throwable cause) {
    heartbeat.stop();
    stores.failed(store, cause);
  }
}
