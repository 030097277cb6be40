package dev.serverevents.internal.redis;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.journal.ConnectionReport;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.redis.connection.ConnectionListener;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.jobs.RedisJobStore;
import dev.serverevents.internal.redis.publish.Dispatcher;
import dev.serverevents.internal.redis.publish.Publisher;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Broker} on Redis: it puts the parts together, and tells each what happens to the
 * connections. Used on the verticle's context only.
 */
public final class RedisBroker implements Broker, ConnectionListener {

  private final Listener listener;
  private final Resources resources;
  private final Connections connections;
  private final Topology topology;
  private final Dispatcher dispatcher;
  private final Publisher publisher;
  private final JobStore jobs;
  private final Promise<Void> opened = Promise.promise();

  /** Whether a connection to each was tried, so that what is up now is enough to begin. */
  private boolean tried;

  /** Connects nothing yet; {@code serverId} names the inbox that heartbeats go to. */
  public RedisBroker(Vertx vertx, String serverId, ServerEventsOptions options, Listener listener) {
    this.listener = listener;
    resources = new Resources(vertx, serverId, options, this);
    connections = new Connections(resources, listener::decode);
    topology =
        options.getRedis().getType() == RedisServerOptions.Type.CLUSTER
            ? new ClusterMasters(resources, connections, this::master, listener::rerouted)
            : new OneMaster(resources, connections, this::master);
    dispatcher = new Dispatcher(resources, topology);
    publisher = new Publisher(resources, dispatcher);
    jobs = new RedisJobStore(resources);
  }

  private Master master(Target target) {
    return new Master(
        resources, topology, dispatcher, listener::decode, target, connections.shared());
  }

  @Override
  public Future<Void> open() {
    return topology
        .start()
        .compose(found -> connections.open().transform(this::opened))
        .recover(cause -> close().transform(done -> Future.failedFuture(cause)));
  }

  private Future<Void> opened(AsyncResult<Void> all) {
    tried = true;
    completeIfOpened();
    return all.failed() && !connections.isAnyUp()
        ? Future.failedFuture(all.cause())
        : opened.future();
  }

  private void completeIfOpened() {
    if (tried && connections.isUsable()) {
      opened.tryComplete();
    }
  }

  @Override
  public Future<Void> close() {
    topology.stop();
    resources.close();
    publisher.close();
    jobs.close();
    return connections.close();
  }

  @Override
  public boolean isPublishing() {
    return connections.isPublishing();
  }

  @Override
  public boolean isListening() {
    return !resources.options().isListen() || connections.isListening();
  }

  @Override
  public @Nullable String refusal() {
    return connections.refusal();
  }

  @Override
  public List<LongSupplier> lastHeartbeats() {
    return connections.lastHeartbeats();
  }

  @Override
  public Shards shards() {
    return topology.shards();
  }

  @Override
  public long epoch(String channel) {
    var output = topology.output(channel);
    return output.hears(channel) ? output.epoch() : 0;
  }

  @Override
  public void subscribe(String channel, ChannelListener channelListener) {
    topology.output(channel).subscriptions().subscribe(channel, channelListener);
  }

  @Override
  public void unsubscribe(String channel) {
    topology.output(channel).subscriptions().unsubscribe(channel);
  }

  @Override
  public boolean isConfirmed(String channel) {
    return topology.output(channel).hears(channel);
  }

  @Override
  public Future<Long> settle(String channel) {
    return isConfirmed(channel)
        ? topology.output(channel).settle()
        : Future.failedFuture(new IOException("the channel is not subscribed"));
  }

  @Override
  public Future<Integer> publish(
      String channel, Buffer payload, EventKey key, EmitOptions options) {
    return publisher.publish(channel, payload, key, options);
  }

  @Override
  public Future<Void> drain() {
    return publisher.drain();
  }

  @Override
  public Future<@Nullable Kept> lookUp(EventKey key, boolean dated, BooleanSupplier wanted) {
    return LookUps.lookUp(topology, key, dated, wanted)
        .map(
            found -> {
              var payload = found == null ? null : listener.decode(key.channel(), found.payload());
              return payload == null || !payload.key().equals(key)
                  ? null
                  : new Kept(payload, Objects.requireNonNull(found).expiresAt());
            });
  }

  @Override
  public Future<List<Long>> countSubscribers(List<String> channels) {
    return SubscriberCounts.count(topology.masters(), resources.pubsub().isSharded(), channels);
  }

  @Override
  public List<ConnectionReport> connections() {
    return connections.report(topology::slots);
  }

  @Override
  public JobStore jobs() {
    return jobs;
  }

  @Override
  public void up(Store store) {
    listener.up(store, isPublishing() && isListening());
    completeIfOpened();
  }

  @Override
  public void reconnected(Store store) {
    listener.reconnected(store);
  }

  @Override
  public void resubscribed(long nanos) {
    listener.resubscribed(nanos);
  }

  @Override
  public void failed(Store store, Throwable cause) {
    if (store == Store.INPUT_STORE) {
      publisher.disconnected(cause);
    }
    listener.failed(store, cause);
    topology.check();
  }

  @Override
  public void heartbeatRefused(@Nullable ErrorReply error) {
    if (error == null) {
      up(Store.INPUT_STORE);
    } else {
      listener.failed(
          Store.INPUT_STORE,
          new UnavailableException(
              Cause.REDIS_REFUSED,
              "Redis refuses to publish a heartbeat: " + error.getMessage(),
              error));
    }
  }

  @Override
  public void inboxRefused(UnavailableException cause) {
    opened.tryFail(cause);
  }
}
