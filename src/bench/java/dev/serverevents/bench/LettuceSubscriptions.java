package dev.serverevents.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Lettuce, with a subscription for each event. */
final class LettuceSubscriptions extends RedisPubSubAdapter<String, String> implements Contender {

  private final RedisClient client;
  private final StatefulRedisPubSubConnection<String, String> output;
  private final RedisAsyncCommands<String, String> input;
  private final Map<String, CompletableFuture<String>> waits = new ConcurrentHashMap<>();

  LettuceSubscriptions(String redisUrl) {
    client = RedisClient.create(redisUrl);
    output = client.connectPubSub();
    output.addListener(this);
    input = client.connect().async();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the wait has its timeout
  public CompletionStage<?> cycle(long id) {
    var channel = "bench:" + id;
    var result = new CompletableFuture<String>().orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    waits.put(channel, result);
    output
        .async()
        .subscribe(channel)
        .thenCompose(subscribed -> input.rpush(JobQueue.LIST, JobQueue.job(channel, id)));
    return result;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void message(String channel, String payload) {
    var result = waits.remove(channel);
    if (result != null) {
      output.async().unsubscribe(channel);
      result.complete(payload);
    }
  }

  @Override
  public CompletionStage<?> register(long id) {
    var channel = "pending:" + id;
    var result = new CompletableFuture<String>().orTimeout(PENDING_MS, TimeUnit.MILLISECONDS);
    waits.put(channel, result);
    return output.async().subscribe(channel);
  }

  @Override
  public CompletionStage<?> endAll() {
    var channels = waits.keySet().toArray(String[]::new);
    waits.values().forEach(wait -> wait.complete("ended"));
    waits.clear();
    return output.async().unsubscribe(channels);
  }

  @Override
  public CompletionStage<?> emit(long id) {
    return input.publish("burst:" + id, WorkerMain.payload(String.valueOf(id)));
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
