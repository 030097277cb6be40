package dev.serverevents.internal.redis.publish;

import dev.serverevents.Store;
import dev.serverevents.internal.redis.connection.Connected;
import dev.serverevents.internal.redis.connection.Heartbeat;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Redirects;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Target;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A connection that publishes, with its queue and its heartbeat. Where replicas must have what is
 * kept, that goes over a connection of its own: WAIT holds a connection until they have it, and
 * everything that is sent on it after.
 */
public final class PublishConnection implements ReconnectingConnection.Owner {

  private final Resources resources;
  private final ReconnectingConnection connection;
  private final PublishQueue queue;
  private final Heartbeat heartbeat;
  private final Runnable whenUp;

  private PublishConnection(
      Resources resources,
      Redirects redirects,
      PublishQueue.Owner owner,
      Target target,
      int replicas,
      @Nullable ReconnectingConnection output,
      Runnable whenUp) {
    this.resources = resources;
    this.whenUp = whenUp;
    connection = new ReconnectingConnection(resources, Store.INPUT_STORE, target, this);
    queue = new PublishQueue(resources, owner, connection, replicas);
    var slackMs = replicas > 0 ? PublishBatch.MAX_WAIT_MS : 0;
    heartbeat = new Heartbeat(resources, redirects, connection, output, slackMs);
  }

  /**
   * Creates a connection for all other events; it is not made yet.
   *
   * @param output the connection on which its pings are heard; null where there is none
   * @param whenUp called for each connection that is made
   */
  public static PublishConnection plain(
      Resources resources,
      Redirects redirects,
      PublishQueue.Owner owner,
      Target target,
      @Nullable ReconnectingConnection output,
      Runnable whenUp) {
    return new PublishConnection(resources, redirects, owner, target, 0, output, whenUp);
  }

  /** Creates the connection for events that replicas must have, or null if they need not. */
  public static @Nullable PublishConnection replicated(
      Resources resources, Redirects redirects, PublishQueue.Owner owner, Target target) {
    var replicas = resources.redis().getReplicas();
    return replicas > 0
        ? new PublishConnection(resources, redirects, owner, target, replicas, null, () -> {})
        : null;
  }

  /** Makes the first connection; fails if that cannot be done, which is tried again. */
  public Future<Void> open() {
    return connection.open();
  }

  /** Closes it for good; what is not sent yet is for others to send. */
  public Future<Void> close() {
    heartbeat.stop();
    queue.close();
    return connection.close();
  }

  /** The connection itself. */
  public ReconnectingConnection connection() {
    return connection;
  }

  /** What is to be published on it. */
  public PublishQueue queue() {
    return queue;
  }

  /** What tries it out. */
  public Heartbeat heartbeat() {
    return heartbeat;
  }

  @Override
  public void up(Connected made, boolean again) {
    queue.flush();
    whenUp.run();
    heartbeat.start();
    resources.listener().up(Store.INPUT_STORE);
  }
}
