package dev.serverevents.bench;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RList;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Redisson, with a topic for each event. */
final class RedissonTopics implements Contender {

  private final RedissonClient client;
  private final RList<String> jobs;
  private final Map<RTopic, CompletableFuture<String>> waits = new ConcurrentHashMap<>();

  RedissonTopics(String redisUrl) {
    var config = new Config();
    config.useSingleServer().setAddress(redisUrl).setSubscriptionsPerConnection(100_000);
    client = Redisson.create(config);
    jobs = client.getList(JobQueue.LIST, StringCodec.INSTANCE);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the wait has its timeout
  public CompletionStage<?> cycle(long id) {
    var channel = "bench:" + id;
    var topic = client.getTopic(channel, StringCodec.INSTANCE);
    var result = new CompletableFuture<String>().orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    topic
        .addListenerAsync(String.class, (on, payload) -> result.complete(payload))
        .thenCompose(listener -> jobs.addAsync(JobQueue.job(channel, id)));
    return result.whenComplete((payload, failure) -> topic.removeAllListenersAsync());
  }

  @Override
  public CompletionStage<?> register(long id) {
    var topic = client.getTopic("pending:" + id, StringCodec.INSTANCE);
    var result = new CompletableFuture<String>().orTimeout(PENDING_MS, TimeUnit.MILLISECONDS);
    waits.put(topic, result);
    return topic.addListenerAsync(String.class, (on, payload) -> result.complete(payload));
  }

  @Override
  public CompletionStage<?> endAll() {
    var removed =
        waits.keySet().stream()
            .map(topic -> topic.removeAllListenersAsync().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    waits.values().forEach(wait -> wait.complete("ended"));
    waits.clear();
    return CompletableFuture.allOf(removed);
  }

  @Override
  public CompletionStage<?> emit(long id) {
    var topic = client.getTopic("burst:" + id, StringCodec.INSTANCE);
    return topic.publishAsync(WorkerMain.payload(String.valueOf(id)));
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
