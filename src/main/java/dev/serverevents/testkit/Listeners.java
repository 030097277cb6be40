package dev.serverevents.testkit;

import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Who listens to which event: waits, requests that are not direct, and streams. */
final class Listeners {

  private static final long STUCK_S = 60;

  private final Deployments deployments;
  private final Map<String, CompletableFuture<Void>> awaited = new ConcurrentHashMap<>();

  Listeners(MemoryRedis redis, Deployments deployments) {
    this.deployments = deployments;
    redis.observeSubscriptions(this::wanted);
  }

  private void wanted(String channel) {
    var waiting = awaited.remove(channel);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** Finds who listens now, also while Redis has not been told of it. Any thread may ask. */
  Future<List<Subscriber>> find(EventKey key) {
    var asked =
        deployments.all().stream()
            .map(
                verticle -> {
                  Promise<List<Subscriber>> found = Promise.promise();
                  verticle.commands().add(new Command.Find(key, Integer.MAX_VALUE, found));
                  return found.future();
                })
            .toList();
    return Future.all(asked)
        .map(
            all ->
                asked.stream()
                    .flatMap(found -> found.result().stream())
                    .filter(found -> !found.isInbox() && !found.hasEnded())
                    .toList());
  }

  /** Returns when somebody listens. */
  void await(EventKey key) {
    var channel = key.channel();
    var first = awaited.computeIfAbsent(channel, none -> new CompletableFuture<>());
    try {
      if (find(key).await(STUCK_S, TimeUnit.SECONDS).isEmpty()) {
        first.orTimeout(STUCK_S, TimeUnit.SECONDS).join();
      }
    } catch (RuntimeException | TimeoutException nobody) {
      throw new IllegalStateException("Nobody listens to " + channel, nobody);
    }
  }
}
