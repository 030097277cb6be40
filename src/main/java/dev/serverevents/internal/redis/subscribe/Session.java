package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.redis.connection.Connected;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.Redirects;
import dev.serverevents.internal.redis.connection.Resources;
import io.vertx.core.internal.ContextInternal;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of one connection that subscribes: it tells the channels and their listeners what Redis
 * sends. That is handled in its order, in turns that are never long; when too much of it is queued,
 * the connection is not read for a while.
 */
final class Session {

  /** What becomes of the connection. */
  interface Owner {
    /** Redis has sent something, or something that it sent has been handled. */
    void received();

    /** All channels are subscribed on a new connection, so many ns after it was up. */
    void complete(long nanos);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** So long after Redis has refused to unsubscribe a channel it is asked again, in ms. */
  private static final long RETRY_MS = 1_000;

  private final Resources resources;
  private final RedisConnection connection;
  private final PubSub pubsub;
  private final Redirects redirects;
  private final Owner owner;
  private final Channels channels;
  private final CommandQueue commands;
  private final Mailbox<Response> pushes;
  private final long began = System.nanoTime();
  private boolean isPaused;

  /** Whether all channels that were there when it began are among the commands. */
  private boolean isWhole;

  private boolean isComplete;

  /** Begins the time of a connection on which nothing is subscribed. */
  Session(
      Resources resources,
      Connected connected,
      Channels channels,
      Redirects redirects,
      Owner owner) {
    this.resources = resources;
    connection = connected.connection();
    this.channels = channels;
    this.redirects = redirects;
    pubsub = resources.pubsub();
    this.owner = owner;
    commands = new CommandQueue(resources.context(), pubsub, channels, connected::write);
    pushes = new Mailbox<>((ContextInternal) resources.context(), this::push);
    connection.handler(this::received);
  }

  /** The commands that are sent on the connection. */
  CommandQueue commands() {
    return commands;
  }

  /** All channels that were there when it began are among the commands. */
  void whole() {
    isWhole = true;
  }

  private void received(Response push) {
    owner.received();
    pushes.handleOrAdd(push);
    if (pushes.isBehind() && !isPaused) {
      isPaused = true;
      connection.pause();
      pushes.whenCaughtUp(
          () -> {
            isPaused = false;
            connection.resume();
          });
    }
  }

  /** Handles what Redis has sent: a message even if the connection has broken since. */
  private @Nullable Work push(Response push) {
    owner.received();
    var isError = push instanceof Throwable;
    var kind = isError ? "" : push.get(0).toString();
    if (kind.equals(pubsub.message())) {
      var channel = channels.get(push.get(1).toString());
      return channel != null && channel.isWanted()
          ? channel.listener().message(channel.name(), push.get(2).toBuffer())
          : null;
    }
    if (commands.hasEnded()) {
      return null;
    }
    if (isError) {
      refused(ErrorReply.of(push.toString()));
    } else if (kind.equals(pubsub.subscribed())) {
      return answered(true, push.get(1).toString());
    } else if (kind.equals(pubsub.unsubscribed())) {
      return answered(false, push.get(1).toString());
    } else {
      LOG.warn("Unexpected push from Redis: {}", kind);
    }
    return null;
  }

  private @Nullable Work answered(boolean subscribed, String name) {
    var channel = channels.get(name);
    var command = commands.answered(subscribed, name);
    if (command == null) {
      unasked(subscribed, name, channel);
      return null;
    }
    var work = channel != null && command.isAwaitedBy(channel) ? answered(channel) : null;
    commands.flush();
    if (isWhole && !isComplete && commands.isIdle()) {
      isComplete = true;
      owner.complete(System.nanoTime() - began);
    }
    return work;
  }

  private @Nullable Work answered(Channel channel) {
    channel.answered();
    if (channel.isUnneeded()) {
      channels.remove(channel);
    }
    return channel.isWanted() && channel.isSubscribedOn(commands)
        ? channel.listener().confirmed()
        : null;
  }

  /**
   * A master whose slot has become another's unsubscribes the slot's channels. To subscribe such a
   * one again here brings the answer who the other is. A command of ours that crosses this is
   * answered by the same error.
   */
  private void unasked(boolean subscribed, String name, @Nullable Channel channel) {
    if (subscribed || channel == null) {
      LOG.debug("Redis answered for channel \"{}\", which was not asked for", name);
    } else if (channel.isSettledOn(commands)) {
      if (channel.isSubscribedOn(commands)) {
        channel.listener().lost();
      }
      channel.lost();
      commands.change(channel);
    }
  }

  private void refused(ErrorReply error) {
    redirects.learn(error); // it may release channels
    var command = commands.refused(error);
    if (command == null) {
      LOG.debug("Redis sent an error that answers nothing: {}", error.getMessage());
      return;
    }
    for (var channel : command.channels()) {
      if (command.isAwaitedBy(channel)) {
        channel.refused();
        refused(channel, command, error);
      }
    }
    commands.flush();
  }

  private void refused(Channel channel, SentCommand command, ErrorReply error) {
    if (error.kind() != ErrorReply.Kind.REFUSED) {
      resources.retry(() -> commands.change(channel));
    } else if (command.channels().size() > 1) {
      channel.isolate(); // one forbidden channel makes Redis refuse them all: which one is it?
      commands.change(channel);
    } else if (!command.isSubscribe()) {
      resources.vertx().setTimer(RETRY_MS, timer -> commands.change(channel));
    } else {
      channels.remove(channel);
      if (channel.isWanted()) {
        channel.dismiss();
        channel.listener().refused(error);
      }
    }
  }
}
