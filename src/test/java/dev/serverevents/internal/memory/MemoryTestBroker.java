package dev.serverevents.internal.memory;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.testing.SystemTime;
import dev.serverevents.testing.TestBroker;
import dev.serverevents.testing.TestVerticle;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/** A Redis in memory, whose time is that of the system. */
public final class MemoryTestBroker implements TestBroker {

  private static final String WORKERS = ":workers";

  private final MemoryRedis redis = new MemoryRedis(new SystemTime());

  private <T> T keys(Function<Keys, T> command) {
    synchronized (redis.server()) {
      return command.apply(redis.server().keys());
    }
  }

  private <T> T lists(Function<Lists, T> command) {
    synchronized (redis.server()) {
      return command.apply(redis.server().jobs());
    }
  }

  @Override
  public List<String> allChannels() {
    return List.copyOf(redis.subscriptions().keySet());
  }

  @Override
  public int subscribers(String channel) {
    return redis.subscriptions().getOrDefault(channel, 0);
  }

  @Override
  public int publish(String channel, String payload) {
    return redis.publish(channel, Buffer.buffer(payload));
  }

  @Override
  public Subscribed subscribe(List<String> channels, Consumer<String> handler) {
    var unsubscribes =
        channels.stream()
            .map(
                channel ->
                    redis.subscribe(
                        channel,
                        payload -> handler.accept(payload.toString(StandardCharsets.UTF_8))))
            .toList();
    return () -> unsubscribes.forEach(Runnable::run);
  }

  @Override
  public void gap(Retained... missed) {
    redis.gapBegins();
    for (var event : missed) {
      var length = event.name().getBytes(StandardCharsets.UTF_8).length;
      keep("$retained:{" + event.channel() + "}:" + length, event.payload(), 60_000);
      publish(event.channel(), event.payload());
    }
    redis.gapEnds();
  }

  @Override
  public void refusePublish() {
    redis.refuse("NOPERM no permission");
  }

  @Override
  public void permitPublish() {
    redis.refuse(null);
  }

  @Override
  public void refuseSubscribe() {
    redis.refuse("NOPERM no permission");
  }

  @Override
  public void keep(String key, String value, long ms) {
    keys(
        all -> {
          all.set(key, Buffer.buffer(value), ms);
          return all;
        });
  }

  @Override
  public String kept(String key) {
    var value = keys(all -> all.get(key));
    return value == null ? null : value.buffer().toString(StandardCharsets.UTF_8);
  }

  @Override
  public boolean exists(String key) {
    return kept(key) != null || !list(key).isEmpty() || !members(key).isEmpty();
  }

  @Override
  public long ttl(String key) {
    var value = keys(all -> all.get(key));
    var expiry = value == null ? lists(all -> all.expiry(key)) : Long.valueOf(value.expiresAt());
    if (expiry == null) {
      return exists(key) ? -1 : -2;
    }
    return expiry - redis.clock().currentTimeMillis();
  }

  @Override
  public List<String> list(String key) {
    return redis.lists().getOrDefault(key, List.of());
  }

  @Override
  public void push(String key, List<String> jobs) {
    lists(all -> jobs.stream().map(job -> all.push(new JobsKey(key, 0), job)).toList());
  }

  @Override
  public List<String> members(String key) {
    return key.endsWith(WORKERS)
        ? List.copyOf(lists(all -> all.holders(ofWorkers(key))))
        : List.of();
  }

  @Override
  public void addMember(String key, String member) {
    lists(
        all -> {
          all.join(ofWorkers(key), member);
          return all;
        });
  }

  private static JobsKey ofWorkers(String key) {
    return new JobsKey(key.substring(0, key.length() - WORKERS.length()), 0);
  }

  @Override
  public List<String> connections() {
    return Collections.nCopies(redis.connections(), "a connection");
  }

  @Override
  public List<String> lastingKeys() {
    return redis.lists().keySet().stream().filter(key -> ttl(key) == -1).toList();
  }

  @Override
  public void clear() {
    redis.lists().forEach((key, jobs) -> jobs.forEach(job -> lists(all -> all.remove(key, job))));
  }

  @Override
  public TestVerticle verticle(ServerEventsOptions options) {
    var verticle = new MemoryVerticle(redis, options);
    return new TestVerticle(verticle, verticle::droppedPayloads);
  }

  @Override
  public String name() {
    return "Redis in memory";
  }

  @Override
  public ServerEventsOptions options() {
    return new ServerEventsOptions();
  }

  @Override
  public Link link() {
    return new Link() {
      @Override
      public ServerEventsOptions lead(ServerEventsOptions options) {
        return Objects.requireNonNull(options);
      }

      @Override
      public void cut() {
        redis.down();
      }

      @Override
      public void mend() {
        redis.up();
      }

      @Override
      public void close() {
        redis.up();
      }
    };
  }
}
