package dev.serverevents.testkit;

import dev.serverevents.internal.memory.MemoryRedis;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Has a test wait until somebody listens to an event. Any thread may use it. */
final class Listeners {

  private static final long STUCK_S = 60;

  private final MemoryRedis redis;
  private final Map<String, CompletableFuture<Void>> awaited = new ConcurrentHashMap<>();

  Listeners(MemoryRedis redis) {
    this.redis = redis;
    redis.observeSubscriptions(this::subscribed);
  }

  private void subscribed(String channel) {
    var waiting = awaited.remove(channel);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** Returns when a channel is subscribed. */
  void await(String channel) {
    var subscribed = awaited.computeIfAbsent(channel, first -> new CompletableFuture<>());
    if (redis.subscriptions().containsKey(channel)) {
      return; // it was before, or has been meanwhile
    }
    try {
      subscribed.orTimeout(STUCK_S, TimeUnit.SECONDS).join();
    } catch (RuntimeException nobody) {
      throw new IllegalStateException("Nobody listens to " + channel, nobody);
    }
  }
}
