package dev.serverevents.testing;

import dev.serverevents.Job;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A worker that uses no class of Server Events to be one, as those in other languages do: it sends
 * what wire-protocol.md has.
 */
public final class ForeignWorker implements AutoCloseable {

  private static final Vertx VERTX = Vertx.vertx();

  private final TestRedis redis;
  private final String id;
  private final List<String> channels;
  private final Redis client;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private RedisConnection connection;

  private ForeignWorker(TestRedis redis, String id, List<String> channels) {
    this.redis = redis;
    this.id = id;
    this.channels = channels;
    client = Redis.createClient(VERTX, redis.url());
    connection = connect();
  }

  /** One that serves a name. */
  public static ForeignWorker serve(TestRedis redis, String id, String name) {
    return new ForeignWorker(redis, id, List.of("$worker:" + id, "$serves:" + name));
  }

  /** One that claims jobs, and does not say whose. */
  public static ForeignWorker unnamed(TestRedis redis, String id) {
    return new ForeignWorker(redis, id, List.of("$worker:" + id));
  }

  private RedisConnection connect() {
    var made = Await.result(client.connect());
    made.handler(this::received);
    var subscribe = Request.cmd(Command.SUBSCRIBE);
    channels.forEach(subscribe::arg);
    Await.result(made.send(subscribe));
    var last = channels.get(channels.size() - 1);
    Await.until(() -> redis.allChannels().contains(last));
    return made;
  }

  private void received(Response push) {
    if (push.size() == 3 && push.get(0).toString().equals("message")) {
      told.add(push.get(2).toString());
    }
  }

  public String id() {
    return id;
  }

  /** Says that it has a job; gives how many heard it. */
  public int claim(Job job, Object... more) {
    return publish(job, "$claim", job.name(), job.id(), id).add(more).send();
  }

  /** Says that it is there. */
  public int alive(Job job) {
    return publish(job, "$alive", id).send();
  }

  /** Says that a job has got on. */
  public int gotOn(Job job) {
    return publish(job, "$alive", id, job.name(), job.id()).send();
  }

  private Message publish(Job job, Object... payload) {
    return new Message(Objects.requireNonNull(job.claimTo()), new JsonArray(List.of(payload)));
  }

  private final class Message {
    private final String channel;
    private final JsonArray payload;

    Message(String channel, JsonArray payload) {
      this.channel = channel;
      this.payload = payload.copy();
    }

    Message add(Object... more) {
      List.of(more).forEach(payload::add);
      return this;
    }

    int send() {
      return redis.command("PUBLISH", channel, payload.encode()).toInteger();
    }
  }

  /** Emits the result of a job. */
  public void emit(Job job, Object... args) {
    var payload = new JsonArray().add(job.name()).add(job.id());
    List.of(args).forEach(payload::add);
    var channel =
        job.replyTo() == null ? job.name() + ":" + job.id() : Objects.requireNonNull(job.replyTo());
    redis.command("PUBLISH", channel, payload.encode());
  }

  /** What it was told so far. */
  public List<String> told() {
    return told;
  }

  /** Its connection breaks, and it makes another one; gives for how many ms it was away. */
  public long reconnect() {
    var began = System.nanoTime();
    disconnect();
    connection = connect();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  /** Its connection is gone. */
  public void disconnect() {
    Await.result(connection.close());
    Await.until(() -> !redis.allChannels().contains("$worker:" + id));
  }

  @Override
  public void close() {
    Await.result(client.close());
    Await.until(() -> !redis.allChannels().contains("$worker:" + id));
  }
}
