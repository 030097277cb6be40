package dev.serverevents.redis;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels that are subscribed, and those that should be. Changes are collected for one
 * event-loop turn, so that a channel left and joined again in one turn costs nothing, and sent in
 * commands of many channels.
 *
 * <p>Redis answers the commands of a connection in their order, once for each channel; what has
 * been sent is therefore kept in a queue, and an answer belongs to the queue's head. Nothing else
 * may be sent on the connection. Used on the verticle's context only.
 */
public final class Subscriptions {

  /** Who needs a channel. */
  public interface Listener {
    /** Redis has confirmed the subscription. */
    void confirmed();

    /** Redis refuses the channel; it is no longer wanted here. */
    void refused(Throwable cause);

    /** A message came. */
    void message(String channel, Buffer payload);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** Channels in one command: more would hold Redis, and this event loop, for too long. */
  private static final int CHUNK = 500;

  /** Commands that may await their answers. */
  private static final int WINDOW = 4;

  private final EndOfTurn endOfTurn;

  /** In the order in which they came, which is that of subscribing them again. */
  private final Map<String, Channel> channels = new LinkedHashMap<>();

  private final Deque<Channel> changed = new ArrayDeque<>();
  private final Deque<Sent> sent = new ArrayDeque<>();
  private final LongConsumer complete;
  private @Nullable RedisConnection connection;

  /** When the connection was up, a {@link System#nanoTime()}, until all is subscribed on it. */
  private @Nullable Long connectedAt;

  /**
   * Creates one without a connection.
   *
   * @param complete told how many ns it took until all was subscribed on a new one
   */
  Subscriptions(Context context, LongConsumer complete) {
    this.complete = complete;
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  /**
   * Subscribes a channel. {@link Listener#confirmed} follows, after each reconnect as well, unless
   * the channel {@linkplain #isConfirmed is confirmed} already.
   */
  public void subscribe(String name, Listener listener) {
    var channel = channels.computeIfAbsent(name, n -> new Channel(n, listener));
    channel.listener = listener;
    channel.wanted = true;
    change(channel);
  }

  /** Unsubscribes a channel. */
  public void unsubscribe(String name) {
    var channel = channels.get(name);
    if (channel != null) {
      channel.wanted = false;
      change(channel);
    }
  }

  /** Tells whether all that is published on a channel from now on will come. */
  public boolean isConfirmed(String name) {
    var channel = channels.get(name);
    return channel != null && channel.confirmed;
  }

  /** Starts anew on a connection on which nothing is subscribed. */
  void connected(RedisConnection connection) {
    disconnected();
    this.connection = connection;
    connectedAt = System.nanoTime();
    connection.handler(
        response -> {
          if (connection == this.connection) {
            push(response);
          }
        });
    channels.values().forEach(this::enqueue);
    flush();
  }

  void disconnected() {
    connection = null;
    sent.clear();
    changed.clear();
    channels.values().removeIf(channel -> !channel.wanted);
    for (var channel : channels.values()) {
      channel.forget();
      channel.enqueued = false;
    }
  }

  /** Takes what Redis sends. Nothing may be thrown from here: the client would lose messages. */
  private void push(Response response) {
    try {
      if (response instanceof Throwable error) {
        refused(error);
        return;
      }
      switch (response.get(0).toString()) {
        case "message" -> message(response.get(1).toString(), response.get(2).toBuffer());
        case "subscribe", "unsubscribe" -> answered(response.get(1).toString());
        default -> LOG.warn("Unexpected push from Redis: {}", response.get(0));
      }
    } catch (RuntimeException unexpected) {
      LOG.error("Cannot handle a push from Redis", unexpected);
    }
  }

  private void message(String name, Buffer payload) {
    var channel = channels.get(name);
    if (channel != null && channel.wanted) {
      channel.listener.message(name, payload);
    }
  }

  private void enqueue(Channel channel) {
    if (!channel.enqueued) {
      channel.enqueued = true;
      changed.add(channel);
    }
  }

  private void change(Channel channel) {
    enqueue(channel);
    endOfTurn.schedule();
  }

  private void flush() {
    var current = connection;
    if (current == null) {
      for (var channel : changed) {
        channel.enqueued = false;
        if (!channel.wanted) {
          channels.remove(channel.name, channel);
        }
      }
      changed.clear();
      return;
    }
    while (connection == current && sent.size() < WINDOW && !changed.isEmpty()) {
      var subscribe = new ArrayList<Channel>();
      var unsubscribe = new ArrayList<Channel>();
      for (var channel : takeChunk()) {
        if (channel.wanted != channel.asked) {
          (channel.wanted ? subscribe : unsubscribe).add(channel);
        } else if (!channel.wanted && channel.awaits == null) {
          channels.remove(channel.name, channel);
        }
      }
      send(current, Command.SUBSCRIBE, subscribe);
      send(current, Command.UNSUBSCRIBE, unsubscribe);
    }
  }

  private List<Channel> takeChunk() {
    var chunk = new ArrayList<Channel>();
    while (!changed.isEmpty() && chunk.size() < CHUNK) {
      if (changed.element().alone && !chunk.isEmpty()) {
        break;
      }
      var channel = changed.remove();
      channel.enqueued = false;
      chunk.add(channel);
      if (channel.alone) {
        break;
      }
    }
    return chunk;
  }

  private void send(RedisConnection current, Command command, List<Channel> list) {
    if (list.isEmpty() || connection != current) { // a write can find it broken
      return;
    }
    var request = Request.cmd(command);
    var entry = new Sent(list);
    for (var channel : list) {
      request.arg(channel.name);
      channel.asked = channel.wanted;
      channel.confirmed = false;
      channel.awaits = entry;
    }
    sent.add(entry);
    current.send(request);
  }

  private void answered(String name) {
    var head = sent.peek();
    if (head == null) {
      LOG.warn("Redis answered for channel \"{}\", which was not asked for", name);
      return;
    }
    if (++head.answers == head.channels.size()) {
      sent.remove();
    }
    var channel = channels.get(name);
    if (channel != null && channel.awaits == head) {
      channel.awaits = null;
      if (channel.asked) {
        channel.confirmed = true;
        channel.listener.confirmed();
      } else if (!channel.wanted) {
        channels.remove(name);
      }
    }
    flush();
    if (connectedAt != null && sent.isEmpty() && changed.isEmpty()) {
      complete.accept(System.nanoTime() - connectedAt);
      connectedAt = null;
    }
  }

  /** One forbidden channel makes Redis refuse a whole command: find it by asking one by one. */
  private void refused(Throwable error) {
    var head = sent.poll();
    if (head == null) {
      LOG.warn("Redis sent an error that answers nothing: {}", error.getMessage());
      return;
    }
    for (var channel : head.channels) {
      if (channel.awaits != head) {
        continue;
      }
      channel.forget();
      if (head.channels.size() > 1) {
        channel.alone = true;
        enqueue(channel);
      } else {
        channels.remove(channel.name, channel);
        if (channel.wanted) {
          channel.wanted = false;
          channel.listener.refused(error);
        }
      }
    }
    flush();
  }

  private static final class Channel {
    final String name;
    Listener listener;
    boolean wanted;

    /** The last command sent for it was SUBSCRIBE. */
    boolean asked;

    boolean confirmed;

    /** The last command sent for it, while unanswered. */
    @Nullable Sent awaits;

    /** It is among those that have changed. */
    boolean enqueued;

    /** It goes in a command of its own. */
    boolean alone;

    Channel(String name, Listener listener) {
      this.name = name;
      this.listener = listener;
    }

    void forget() {
      asked = false;
      confirmed = false;
      awaits = null;
    }
  }

  private static final class Sent {
    final List<Channel> channels;
    int answers;

    Sent(List<Channel> channels) {
      this.channels = channels;
    }
  }
}
