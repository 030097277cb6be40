package dev.serverevents.internal.memory;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.redis.RedisBroker;
import dev.serverevents.testing.TestRedis;
import java.util.UUID;

/** The same contract, on a real Redis. */
class RedisJobStoreTest extends JobStoreContract {

  private final TestRedis redis = TestRedis.start();

  @Override
  Broker make(ServerEventsOptions options, Broker.Listener listener) {
    return new RedisBroker(
        vertx,
        UUID.randomUUID().toString(),
        new ServerEventsOptions(options).setConnectionString(redis.url()),
        listener);
  }

  @Override
  void down() {
    redis.kill();
  }

  @Override
  void up() {
    redis.restart();
  }

  @Override
  void end() {
    redis.close();
  }
}
