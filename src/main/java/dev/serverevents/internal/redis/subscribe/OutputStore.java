package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.Store;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.StoreConnection;
import dev.serverevents.internal.redis.connection.Supervisor;
import dev.serverevents.internal.redis.connection.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.RedisConnection;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A connection that subscribes, and what is subscribed on it. */
public final class OutputStore implements StoreConnection.Owner, Session.Owner {

  /** What a cluster does before a connection is used, and to prove that nothing was missed. */
  public interface Continuity {
    /** A connection is up; completes when it can be used. */
    Future<Void> begin();

    /**
     * Proves that all that was published before now has been received, if nothing was missed.
     *
     * @param limitMs how long that may take, in ms
     */
    Future<Void> prove(long limitMs);
  }

  private final StoreConnection connection;
  private final Subscriptions subscriptions;
  private final Supervisor stores;
  private final Continuity continuity;
  private final EndOfTurn endOfTurn;
  private long epoch;
  private boolean again;
  private boolean proving;

  /** What is proved next. */
  private @Nullable Promise<Long> next;

  /** Connects nothing yet. */
  public OutputStore(Supervisor stores, Target target, Continuity continuity) {
    this.stores = stores;
    this.continuity = continuity;
    var context = stores.vertx().getOrCreateContext();
    endOfTurn = new EndOfTurn(context, this::prove);
    subscriptions = new Subscriptions(context, PubSub.of(stores.redis()), stores, this);
    connection =
        new StoreConnection(stores.vertx(), Store.OUTPUT_STORE, stores.redis(), target, this);
  }

  /** One that is proved by pings alone. */
  public static Continuity by(LongFunction<Future<Void>> ping) {
    return new Continuity() {
      @Override
      public Future<Void> begin() {
        return Future.succeededFuture();
      }

      @Override
      public Future<Void> prove(long limitMs) {
        return ping.apply(limitMs);
      }
    };
  }

  /** Makes the first connection; fails if that cannot be done, which is tried again. */
  public Future<Void> open() {
    return connection.open();
  }

  /** Closes it for good: nobody is told of what comes until the connection has ended. */
  public Future<Void> close() {
    subscriptions.close();
    return connection.close();
  }

  /** The connection. */
  public StoreConnection connection() {
    return connection;
  }

  /** What is subscribed on it, and is to be. */
  public Subscriptions subscriptions() {
    return subscriptions;
  }

  /**
   * The number of the time since when nothing can have been missed. No other connection of the
   * verticle has it, ever.
   */
  public long epoch() {
    return epoch;
  }

  /** Tells whether all that is published on a channel from now on will come. */
  public boolean hears(String channel) {
    return connection.isUp() && subscriptions.isConfirmed(channel);
  }

  /** Something may have been missed though the connection is up. */
  public void missed() {
    if (connection.isUp()) {
      epoch = stores.nextEpoch();
      subscriptions.confirmAgain();
    }
  }

  /**
   * Has all that Redis published before now received. One proof serves all who ask in one turn, and
   * those who ask while it is under way share the next one.
   *
   * @return completes then with the {@link #epoch()}; fails if that cannot be known in time
   */
  public Future<Long> settle() {
    if (next == null) {
      next = Promise.promise();
      endOfTurn.schedule();
    }
    return next.future();
  }

  private void prove() {
    var asked = next;
    if (asked == null || proving) {
      return;
    }
    next = null;
    var limitMs = stores.probeTimeout();
    if (limitMs == 0) {
      asked.complete(epoch);
      return;
    }
    proving = true;
    prove(epoch, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs))
        .onComplete(
            proof -> {
              proving = false;
              if (proof.succeeded()) {
                asked.complete(epoch);
              } else {
                asked.fail(proof.cause());
              }
              endOfTurn.schedule();
            });
  }

  /** Tries again, as long as there is time and the connection is the same. */
  private Future<Void> prove(long on, long deadline) {
    var limitMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (limitMs < 1 || !connection.isUp() || epoch != on) {
      return Future.failedFuture(new IOException("not connected all the time"));
    }
    return continuity
        .prove(limitMs)
        .recover(
            cause -> {
              if (cause instanceof ErrorReply error && error.kind() == ErrorReply.Kind.REFUSED) {
                return Future.failedFuture(cause);
              }
              var retry = Promise.<Void>promise();
              stores.later(() -> prove(on, deadline).onComplete(retry));
              return retry.future().recover(again -> Future.failedFuture(cause));
            });
  }

  @Override
  public void up(StoreConnection store, RedisConnection connection, boolean again) {
    epoch = stores.nextEpoch();
    this.again = again;
    var now = epoch;
    continuity
        .begin()
        .onComplete(
            begun -> {
              if (now == epoch && store.isUp()) {
                subscriptions.connected(connection);
              }
            });
    if (again) {
      stores.reconnected(store);
    }
  }

  @Override
  public void down(StoreConnection store, Throwable cause) {
    subscriptions.disconnected();
    stores.failed(store, cause);
  }

  @Override
  public void received() {
    connection.received();
  }

  @Override
  public void complete(long nanos) {
    if (again) {
      stores.resubscribed(nanos);
    }
  }
}
