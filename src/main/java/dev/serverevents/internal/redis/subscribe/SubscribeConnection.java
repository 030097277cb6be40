package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.Store;
import dev.serverevents.internal.redis.connection.Connected;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Redirects;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Target;
import io.vertx.core.Future;

/** A connection that subscribes, and what is subscribed on it. */
public final class SubscribeConnection implements ReconnectingConnection.Owner, Session.Owner {

  private final Resources resources;
  private final Continuity continuity;
  private final ReconnectingConnection connection;
  private final Subscriptions subscriptions;
  private final Proofs proofs;
  private long epoch;
  private boolean again;

  /** Connects nothing yet. */
  public SubscribeConnection(
      Resources resources, Redirects redirects, Target target, Continuity continuity) {
    this.resources = resources;
    this.continuity = continuity;
    connection = new ReconnectingConnection(resources, Store.OUTPUT_STORE, target, this);
    subscriptions = new Subscriptions(resources, redirects, this);
    proofs = new Proofs(resources, continuity, connection, this::epoch);
  }

  /** Makes the first connection; fails if that cannot be done, which is tried again. */
  public Future<Void> open() {
    return connection.open();
  }

  /** Closes the connection for good: no listener is called any more. */
  public Future<Void> close() {
    subscriptions.close();
    return connection.close();
  }

  /** The connection itself. */
  public ReconnectingConnection connection() {
    return connection;
  }

  /** The channels that are subscribed on the connection, and those that should be. */
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
      epoch = resources.nextEpoch();
      subscriptions.confirmAgain();
    }
  }

  /**
   * Has all that Redis published before now received.
   *
   * @return completes then with the {@link #epoch()}; fails if that cannot be known in time
   */
  public Future<Long> settle() {
    return proofs.ask();
  }

  @Override
  public void up(Connected made, boolean again) {
    epoch = resources.nextEpoch();
    this.again = again;
    var now = epoch;
    continuity
        .begin()
        .onComplete(
            begun -> {
              if (now == epoch && connection.isUp()) {
                subscriptions.connected(made);
              }
            });
  }

  @Override
  public void down() {
    subscriptions.disconnected();
  }

  @Override
  public void received() {
    connection.received();
  }

  @Override
  public void complete(long nanos) {
    if (again) {
      resources.listener().resubscribed(nanos);
    }
  }
}
