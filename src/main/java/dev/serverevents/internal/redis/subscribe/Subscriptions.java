package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.Supervisor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisConnection;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channels that are subscribed, and those that should be, on whichever connection there is.
 * Used on the verticle's context only.
 */
public final class Subscriptions {

  private final Context context;
  private final PubSub pubsub;
  private final Supervisor stores;
  private final Session.Owner owner;
  private final Channels channels;

  /** The present connection, or null. */
  private @Nullable Session session;

  /** Creates one without a connection. */
  Subscriptions(Context context, PubSub pubsub, Supervisor stores, Session.Owner owner) {
    this.context = context;
    this.pubsub = pubsub;
    this.stores = stores;
    this.owner = owner;
    channels = new Channels(pubsub);
  }

  /**
   * Subscribes a channel. {@link ChannelListener#confirmed} follows, after each reconnect as well,
   * unless the channel {@linkplain #isConfirmed is confirmed} already.
   */
  public void subscribe(String name, ChannelListener listener) {
    change(channels.want(name, listener));
  }

  /** Unsubscribes a channel. */
  public void unsubscribe(String name) {
    var channel = channels.get(name);
    if (channel != null) {
      channel.dismiss();
      change(channel);
    }
  }

  private void change(Channel channel) {
    if (session != null) {
      session.commands().change(channel);
    } else {
      channels.removeUnlessWanted(channel);
    }
  }

  /** Tells whether all that is published on a channel from now on will come. */
  public boolean isConfirmed(String name) {
    var channel = channels.get(name);
    return channel != null && isConfirmed(channel);
  }

  private boolean isConfirmed(Channel channel) {
    return session != null && channel.isSubscribedOn(session.commands());
  }

  /**
   * Unsubscribes all channels of a slot that another master has now.
   *
   * @return the listeners that need them, by channel; they have been told that they are not heard
   */
  public Map<String, ChannelListener> release(int slot) {
    var released = new LinkedHashMap<String, ChannelListener>();
    for (var channel : channels.of(slot)) {
      if (channel.isWanted()) {
        released.put(channel.name(), channel.listener());
        if (isConfirmed(channel)) {
          channel.listener().lost();
        }
        channel.release();
        change(channel);
      }
    }
    return released;
  }

  /** Confirms all channels once more: messages may have been missed. */
  void confirmAgain() {
    var confirming = session;
    Turns.forEach(
        context,
        channels.all(),
        channel -> {
          if (confirming == session && isConfirmed(channel) && channel.isWanted()) {
            Turns.finish(context, channel.listener().confirmed());
          }
        });
  }

  /**
   * Subscribes a channel once more that is subscribed. Redis answers behind all that it has sent
   * before, whatever it answers.
   *
   * @return completes when it has
   */
  public Future<Void> echo(String name) {
    var channel = channels.get(name);
    return channel == null || session == null
        ? Future.failedFuture(new IOException("not connected"))
        : session.commands().echo(channel);
  }

  /** Starts anew on a connection on which nothing is subscribed. */
  void connected(RedisConnection connection) {
    disconnected();
    var begun = new Session(context, connection, pubsub, channels, stores, owner);
    session = begun;
    Turns.forEach(
            context,
            channels.all(),
            channel -> {
              if (begun == session && channel.isWanted()) {
                begun.commands().change(channel);
              }
            })
        .onComplete(all -> begun.whole());
  }

  /** Nothing is subscribed any more. */
  void disconnected() {
    if (session != null) {
      session.commands().end();
      session = null;
    }
  }

  /** Forgets all channels, so that nobody is told of anything any more. */
  void close() {
    disconnected();
    channels.clear();
  }
}
