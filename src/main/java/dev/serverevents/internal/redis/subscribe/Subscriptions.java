package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.redis.connection.Connected;
import dev.serverevents.internal.redis.connection.Redirects;
import dev.serverevents.internal.redis.connection.Resources;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channels that are subscribed, and those that should be, on whichever connection there is.
 * Used on the verticle's context only.
 */
public final class Subscriptions {

  private final Resources resources;
  private final Redirects redirects;
  private final Session.Owner owner;
  private final Channels channels;

  /** The present connection, or null. */
  private @Nullable Session session;

  /** Begins without a connection, and without channels. */
  Subscriptions(Resources resources, Redirects redirects, Session.Owner owner) {
    this.resources = resources;
    this.redirects = redirects;
    this.owner = owner;
    channels = new Channels(resources.pubsub());
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
   * @return the listeners that need them, by channel; each was called with {@link
   *     ChannelListener#lost}
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
        resources.context(),
        channels.all(),
        channel -> {
          if (confirming == session && isConfirmed(channel) && channel.isWanted()) {
            Turns.finish(resources.context(), channel.listener().confirmed());
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
  void connected(Connected connection) {
    disconnected();
    var begun = new Session(resources, connection, channels, redirects, owner);
    session = begun;
    Turns.forEach(
            resources.context(),
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

  /** Forgets all channels, so that no listener is called any more. */
  void close() {
    disconnected();
    channels.clear();
  }
}
