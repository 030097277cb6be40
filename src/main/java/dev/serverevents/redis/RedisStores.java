package dev.serverevents.redis;

import dev.serverevents.EventKey;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisConnection;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A verticle's Redis: the input store, which publishes, and the output store, which subscribes.
 * Used on the verticle's context only.
 */
public final class RedisStores implements StoreConnection.Owner, Subscriptions.Listener {

  /** Who is told of the connections' changes. */
  public interface Listener {
    /** A connection has come up, for the first time or again; and maybe both are up now. */
    void up(Store store, boolean both);

    /** All channels are subscribed again, so many ns after a new connection was up. */
    void resubscribed(long nanos);

    /** A connection is gone, or an attempt to make it again has failed. */
    void failed(Store store, Throwable cause);

    /** The inbox is heard, for the first time or again. */
    void inboxConfirmed();

    /** A message came to the inbox. */
    void replied(Payload reply);

    /** A message that is no event came to the inbox. */
    void dropped(String channel, MalformedPayloadException cause);
  }

  private final Vertx vertx;
  private final String inbox;
  private final MasterFinder master;
  private final long checkMs;
  private final boolean listens;
  private final StoreConnection input;
  private final StoreConnection output;
  private final Subscriptions subscriptions;
  private final Publisher publisher;
  private final RetainedResults retained = new RetainedResults();
  private final Heartbeat heartbeat;
  private final Listener listener;
  private final int maxPayload;
  private final Promise<Void> opened = Promise.promise();
  private long epoch;
  private long masterCheck = -1;

  /** Connects nothing yet; {@code serverId} names the inbox. */
  public RedisStores(Vertx vertx, String serverId, ServerEventsOptions options, Listener listener) {
    this.listener = listener;
    maxPayload = options.getLimits().getPayloadIn();
    inbox = WireFormat.inbox(serverId);
    subscriptions = new Subscriptions(vertx.getOrCreateContext(), this::subscribed);
    publisher = new Publisher(vertx.getOrCreateContext(), options);
    this.vertx = vertx;
    checkMs = options.getHeartbeat();
    listens = options.isListen();
    var redis = options.getRedis();
    master = new MasterFinder(vertx, redis);
    input = new StoreConnection(vertx, Store.INPUT_STORE, redis, master, this);
    output = new StoreConnection(vertx, Store.OUTPUT_STORE, redis, master, this);
    heartbeat = new Heartbeat(vertx, serverId, input, output, options);
  }

  /** Connects both; fails with {@link UnavailableException}, and leaves nothing open. */
  public Future<Void> open() {
    subscriptions.subscribe(inbox, this);
    if (master.mayChange()) {
      masterCheck = vertx.setPeriodic(checkMs, timer -> checkMaster());
    }
    return Future.join(input.open(), listens ? output.open() : Future.succeededFuture())
        .compose(connected -> opened.future())
        .recover(cause -> close().transform(closed -> Future.failedFuture(cause)));
  }

  /** Closes both for good; what is not published yet fails. */
  public Future<Void> close() {
    heartbeat.stop();
    vertx.cancelTimer(masterCheck);
    publisher.close();
    return Future.join(input.close(), output.close()).mapEmpty();
  }

  /** Tells whether the connection that publishes is up. */
  public boolean isPublishing() {
    return input.isUp();
  }

  /** When a heartbeat last went both ways, a {@link System#nanoTime()}, for any thread to read. */
  public AtomicLong lastHeartbeat() {
    return heartbeat.last();
  }

  /** The number of the present connection of the output store, or 0 while it cannot hear. */
  public long epoch() {
    return isListening() ? epoch : 0;
  }

  /** The channels of the output store. */
  public Subscriptions subscriptions() {
    return subscriptions;
  }

  /** What goes out by the input store. */
  public Publisher publisher() {
    return publisher;
  }

  /** What was kept for waits that could not hear it. */
  public RetainedResults retained() {
    return retained;
  }

  @Override
  public void up(StoreConnection store, RedisConnection connection) {
    if (store == output) {
      epoch++;
      subscriptions.connected(connection);
    } else {
      publisher.connected(connection);
      retained.connected(connection);
      tellIfReady(store);
    }
    heartbeat.start();
  }

  @Override
  public void down(StoreConnection store, Throwable cause) {
    if (store == output) {
      subscriptions.disconnected();
    } else {
      publisher.disconnected(cause);
      retained.disconnected();
    }
    listener.failed(store.name(), cause);
  }

  @Override
  public void confirmed() {
    heartbeat.start();
    tellIfReady(output);
    listener.inboxConfirmed();
  }

  @Override
  public void refused(Throwable cause) {
    var refused =
        new UnavailableException(
            "Redis refuses to subscribe %s: %s".formatted(inbox, cause.getMessage()), cause);
    opened.tryFail(refused);
    subscriptions.subscribe(inbox, this);
    output.drop(refused);
  }

  @Override
  public void message(String channel, Buffer json) {
    try {
      var payload = WireFormat.decode(json, maxPayload);
      if (payload.key().name().startsWith(EventKey.RESERVED)) {
        heartbeat.message(payload);
      } else {
        listener.replied(payload);
      }
    } catch (MalformedPayloadException malformed) {
      listener.dropped(channel, malformed);
    }
  }

  /** Tells whether the connection that subscribes is up and hears. */
  public boolean isListening() {
    return output.isUp() && subscriptions.isConfirmed(inbox);
  }

  /** Leaves a server that is the master no more, if it has not closed the connections itself. */
  private void checkMaster() {
    master
        .find()
        .onSuccess(
            url ->
                Stream.of(input, output)
                    .filter(store -> store.isUp() && !url.equals(store.url()))
                    .forEach(store -> store.drop(new IOException("it is the master no more"))));
  }

  private void subscribed(long nanos) {
    if (epoch > 1) {
      listener.resubscribed(nanos);
    }
  }

  private void tellIfReady(StoreConnection last) {
    var both = isPublishing() && (isListening() || !listens);
    listener.up(last.name(), both);
    if (both) {
      opened.tryComplete();
    }
  }
}
