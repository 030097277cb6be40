package dev.serverevents.internal.redis;

import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.redis.cluster.SlotMap;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.Heartbeat;
import dev.serverevents.internal.redis.connection.Redirects;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.subscribe.SubscribeConnection;
import dev.serverevents.internal.wire.Slots;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the channels of one master are subscribed in a cluster with sharded Pub/Sub: on a
 * connection to that master, which is tried out with an inbox in a slot of the master's. Used on
 * the verticle's context only.
 */
final class ShardedSubscriptions {

  private final Resources resources;
  private final SubscribeConnection connection;
  private final PingInbox.Decoder decoder;
  private final Supplier<Heartbeat> heartbeat;

  /** The inbox, or null while the master has no slot. */
  private @Nullable PingInbox inbox;

  /**
   * Connects nothing yet.
   *
   * @param heartbeat the one that pings the inbox
   */
  ShardedSubscriptions(
      Resources resources,
      Redirects redirects,
      Target target,
      PingInbox.Decoder decoder,
      Supplier<Heartbeat> heartbeat) {
    this.resources = resources;
    this.decoder = decoder;
    this.heartbeat = heartbeat;
    connection = new SubscribeConnection(resources, redirects, target, this::prove);
  }

  SubscribeConnection connection() {
    return connection;
  }

  /** Whether its inbox is heard, as far as it has one. */
  boolean hears() {
    return inbox == null || inbox.isHeard();
  }

  /** Unsubscribes the channels of a slot that another master has; returns who needs them. */
  Map<String, ChannelListener> release(int slot) {
    return connection.subscriptions().release(slot);
  }

  /**
   * Proves that all that was published here before has been received. A cluster that is down as a
   * whole refuses to publish a ping, though nothing that was published is lost; then the other
   * connection, which is to the same node, is tried out alone.
   */
  private Future<Void> prove(long limitMs) {
    return heartbeat
        .get()
        .ping(limitMs)
        .recover(
            cause ->
                isDown(cause) && inbox != null && inbox.isHeard()
                    ? connection.subscriptions().echo(inbox.channel())
                    : Future.failedFuture(cause));
  }

  private static boolean isDown(Throwable cause) {
    return cause instanceof ErrorReply error && error.kind() == ErrorReply.Kind.PASSING;
  }

  /** Sees to it that its inbox is in a slot of the master's, if that has any. */
  void chooseInbox(SlotMap slots, String url) {
    if (inbox != null && slots.owner(Slots.of(inbox.channel())).equals(url)) {
      return;
    }
    if (inbox != null) {
      inbox.unsubscribe();
      inbox = null;
      heartbeat.get().stop();
      heartbeat.get().use(null);
    }
    if (slots.isOwner(url)) {
      var suffix = 0;
      while (!slots.owner(Slots.of(WireNames.inbox(serverId(suffix)))).equals(url)) {
        suffix++;
      }
      heartbeat.get().use(serverId(suffix));
      inbox =
          new PingInbox(
              WireNames.inbox(serverId(suffix)),
              resources,
              connection,
              decoder,
              () -> Stream.of(heartbeat.get()));
      inbox.subscribe();
    }
  }

  private String serverId(int suffix) {
    return resources.serverId() + "-" + suffix;
  }
}
