package dev.serverevents.redis;

import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * A verticle's Redis: the input store, which publishes, and the output store, which subscribes.
 * Used on the verticle's context only.
 */
public final class RedisStores implements StoreConnection.Owner {

  /** Who is told of the connections' changes. */
  public interface Listener {
    /** Both connections have come up, for the first time or again. */
    void ready(Store last);

    /** A connection is gone, or an attempt to make it again has failed. */
    void failed(Store store, Throwable cause);
  }

  private final StoreConnection input;
  private final StoreConnection output;
  private final Subscriptions subscriptions;
  private final Listener listener;

  /** Connects nothing yet. */
  public RedisStores(Vertx vertx, String url, Listener listener) {
    this.listener = listener;
    subscriptions = new Subscriptions(vertx.getOrCreateContext());
    input = new StoreConnection(vertx, Store.INPUT_STORE, url, this);
    output = new StoreConnection(vertx, Store.OUTPUT_STORE, url, this);
  }

  /** Connects both; fails with {@link UnavailableException}, and leaves nothing open. */
  public Future<Void> open() {
    return Future.join(input.open(), output.open())
        .<Void>mapEmpty()
        .recover(cause -> close().transform(closed -> Future.failedFuture(cause)));
  }

  /** Closes both for good. */
  public Future<Void> close() {
    return Future.join(input.close(), output.close()).mapEmpty();
  }

  /** Tells whether both connections are up. */
  public boolean isReady() {
    return input.isUp() && output.isUp();
  }

  /** The channels of the output store. */
  public Subscriptions subscriptions() {
    return subscriptions;
  }

  /**
   * Publishes a payload.
   *
   * @return how many subscribers it had on the Redis that took it; fails with {@link
   *     UnavailableException} if Redis did not take it, or did not answer
   */
  public Future<Integer> publish(String channel, Buffer payload) {
    var connection = input.connection();
    if (connection == null) {
      return Future.failedFuture(
          new UnavailableException("Not emitted: no connection to Redis at present"));
    }
    return connection
        .send(Request.cmd(Command.PUBLISH).arg(channel).arg(payload))
        .map(Response::toInteger)
        .recover(
            cause ->
                Future.failedFuture(
                    new UnavailableException(
                        "Redis did not confirm the emit: " + cause.getMessage(), cause)));
  }

  @Override
  public void up(StoreConnection store, RedisConnection connection) {
    if (store == output) {
      subscriptions.connected(connection);
    }
    if (isReady()) {
      listener.ready(store.name());
    }
  }

  @Override
  public void down(StoreConnection store, Throwable cause) {
    if (store == output) {
      subscriptions.disconnected();
    }
    listener.failed(store.name(), cause);
  }
}
