package dev.serverevents.internal.memory;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.loop.Clocks;

/** The contract, in memory. */
class MemoryBrokerTest extends BrokerContract {

  private final MemoryRedis redis = new MemoryRedis(Clocks.of(vertx));

  @Override
  Broker make(ServerEventsOptions options, Broker.Listener listener) {
    return new MemoryBroker(vertx, redis, options, listener);
  }

  @Override
  void down() {
    redis.down();
  }

  @Override
  void up() {
    redis.up();
  }
}
