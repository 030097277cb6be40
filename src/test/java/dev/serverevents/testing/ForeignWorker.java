package dev.serverevents.testing;

import dev.serverevents.Job;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A worker that uses no class of Server Events to be one, as those in other languages do: it sends
 * what wire-protocol.md has.
 */
public final class ForeignWorker implements AutoCloseable {

  private final TestBroker broker;
  private final String id;
  private final List<String> channels;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private TestBroker.Subscribed connection;

  private ForeignWorker(TestBroker broker, String id, List<String> channels) {
    this.broker = broker;
    this.id = id;
    this.channels = channels;
    connection = connect();
  }

  /** One that serves a name. */
  public static ForeignWorker serve(TestBroker broker, String id, String name) {
    return new ForeignWorker(broker, id, List.of("$worker:" + id, "$serves:" + name));
  }

  /** One that claims jobs, and does not say whose. */
  public static ForeignWorker unnamed(TestBroker broker, String id) {
    return new ForeignWorker(broker, id, List.of("$worker:" + id));
  }

  private TestBroker.Subscribed connect() {
    return broker.subscribe(channels, told::add);
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
      return broker.publish(channel, payload.encode());
    }
  }

  /** Emits the result of a job. */
  public void emit(Job job, Object... args) {
    var payload = new JsonArray().add(job.name()).add(job.id());
    List.of(args).forEach(payload::add);
    var channel =
        job.replyTo() == null ? job.name() + ":" + job.id() : Objects.requireNonNull(job.replyTo());
    broker.publish(channel, payload.encode());
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
    connection.close();
    Await.until(() -> !broker.allChannels().contains("$worker:" + id));
  }

  @Override
  public void close() {
    disconnect();
  }
}
