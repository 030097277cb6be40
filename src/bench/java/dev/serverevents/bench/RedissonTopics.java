package dev.serverevents.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RList;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Redisson, with a topic for each event. */
final class RedissonTopics implements Contender {

  private final RedissonClient client;
  private final RList<String> jobs;

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
  public void close() {
    client.shutdown();
  }
}
