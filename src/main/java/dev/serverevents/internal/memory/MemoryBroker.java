package dev.serverevents.internal.memory;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.journal.ConnectionReport;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The {@link Broker} in memory. Used on the verticle's context only. */
public final class MemoryBroker implements Broker, MemoryConnection.Owner {

  /** Stands for the host and the port of Redis. */
  private static final String NODE = "memory";

  private final MemoryServer server;
  private final boolean isListener;
  private final Listener listener;
  private final MemoryConnection input;
  private final MemorySubscriptions output;
  private final MemoryPublisher publisher;
  private final MemoryLookUps lookUps;
  private final MemoryProofs proofs;
  private final MemoryJobStore jobs;
  private final Promise<Void> opened = Promise.promise();
  private final MemoryPulse pulse;
  private @Nullable String refusal;

  /** Connects nothing yet; its context is the one on which this is called. */
  public MemoryBroker(
      Vertx vertx, MemoryRedis redis, ServerEventsOptions options, Listener listener) {
    var context = vertx.getOrCreateContext();
    var server = redis.server();
    this.server = server;
    this.listener = listener;
    isListener = options.isListen();
    input = new MemoryConnection(server, context, Store.INPUT_STORE, this);
    output = new MemorySubscriptions(server, context, listener, this::changed);
    publisher = new MemoryPublisher(server, context, input, options);
    lookUps = new MemoryLookUps(server, input);
    proofs = new MemoryProofs(server, context, input, output, options);
    jobs = new MemoryJobStore(server, context);
    pulse = new MemoryPulse(server.clock());
  }

  @Override
  public Future<Void> open() {
    return input
        .open()
        .compose(made -> isListener ? openOutput() : Future.succeededFuture())
        .recover(cause -> close().transform(done -> Future.failedFuture(cause)));
  }

  private Future<Void> openOutput() {
    return output.connection().open().compose(made -> opened.future());
  }

  @Override
  public Future<Void> close() {
    publisher.close();
    jobs.close();
    input.close();
    output.close();
    proofs.disconnected();
    return Future.succeededFuture();
  }

  @Override
  public boolean isPublishing() {
    return input.isUp() && refusal == null;
  }

  @Override
  public boolean isListening() {
    return !isListener || output.hears();
  }

  @Override
  public @Nullable String refusal() {
    return refusal == null ? null : refusal.split(" ", 2)[0];
  }

  @Override
  public List<LongSupplier> lastHeartbeats() {
    return List.of(pulse);
  }

  @Override
  public Shards shards() {
    return Shards.ONE;
  }

  @Override
  public long epoch(String channel) {
    return output.isConfirmed(channel) ? output.epoch() : 0;
  }

  @Override
  public void subscribe(String channel, ChannelListener channelListener) {
    output.subscribe(channel, channelListener);
  }

  @Override
  public void unsubscribe(String channel) {
    output.unsubscribe(channel);
  }

  @Override
  public boolean isConfirmed(String channel) {
    return output.isConfirmed(channel);
  }

  @Override
  public Future<Long> settle(String channel) {
    return isConfirmed(channel)
        ? proofs.ask()
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
    return lookUps
        .lookUp(key, wanted)
        .map(
            found -> {
              var payload = found == null ? null : listener.decode(key.channel(), found.buffer());
              return found == null || payload == null || !payload.key().equals(key)
                  ? null
                  : new Kept(payload, dated ? found.expiresAt() : Kept.UNDATED);
            });
  }

  @Override
  public Future<List<Long>> countSubscribers(List<String> channels) {
    return input
        .send(() -> channels.stream().map(server::count).toList())
        .recover(
            cause ->
                cause instanceof RefusalException
                    ? Future.failedFuture(cause)
                    : Future.succeededFuture(Collections.nCopies(channels.size(), -1L)));
  }

  @Override
  public List<ConnectionReport> connections() {
    var input = new ConnectionReport(NODE, ConnectionReport.PUBLISHER, this.input.isUp(), 0);
    return isListener
        ? List.of(input, new ConnectionReport(NODE, ConnectionReport.SUBSCRIBER, output.hears(), 0))
        : List.of(input);
  }

  @Override
  public JobStore jobs() {
    return jobs;
  }

  /** The connection that subscribes hears now, or is gone. */
  private void changed() {
    beat();
    if (output.hears()) {
      listener.up(Store.OUTPUT_STORE, isPublishing() && isListening());
      opened.tryComplete();
    } else {
      proofs.disconnected();
    }
  }

  @Override
  public void up(MemorySession session, boolean again) {
    beat();
    publisher.flush();
    lookUps.send();
    listener.up(Store.INPUT_STORE, isPublishing() && isListening());
  }

  @Override
  public void reconnected() {
    listener.reconnected(Store.INPUT_STORE);
  }

  @Override
  public void failed(UnavailableException cause) {
    beat();
    publisher.disconnected(cause);
    proofs.disconnected();
    listener.failed(Store.INPUT_STORE, cause);
  }

  @Override
  public void refused(@Nullable String error) {
    var before = refusal;
    refusal = error;
    beat();
    if (error == null && before != null) {
      listener.up(Store.INPUT_STORE, isPublishing() && isListening());
    } else if (error != null && before == null) {
      listener.failed(
          Store.INPUT_STORE,
          new UnavailableException(
              Cause.REDIS_REFUSED, "Redis refuses to publish a heartbeat: " + error));
    }
  }

  private void beat() {
    pulse.beat(isPublishing() && isListening());
  }

  @Override
  public void message(String channel, Buffer payload) {
    // nothing is subscribed on it
  }
}
