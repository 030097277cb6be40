package dev.serverevents.redis;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
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
import java.util.stream.Collectors;
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

    /** It is heard no more, though the connection is up; it will be confirmed again. */
    void lost();

    /** Redis refuses the channel; it is no longer wanted here. */
    void refused(Throwable cause);

    /** A message came. */
    void message(String channel, Buffer payload);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** Channels in one command: more would hold Redis, and this event loop, for too long. */
  private static final int CHUNK = 500;

  /** Channels that may await their answers. */
  private static final int WINDOW = 4 * CHUNK;

  private final PubSub pubsub;
  private final EndOfTurn endOfTurn;
  private final Routes routes;
  private final LongConsumer complete;

  /**
   * By slot, which is one for all where channels have none, and then by name; each in the order in
   * which they came, which is that of subscribing them again.
   */
  private final Map<Integer, Map<String, Channel>> slots = new LinkedHashMap<>();

  private final Deque<Channel> changed = new ArrayDeque<>();
  private final Deque<Sent> sent = new ArrayDeque<>();
  private int awaited;
  private @Nullable RedisConnection connection;

  /** When the connection was up, a {@link System#nanoTime()}, until all is subscribed on it. */
  private @Nullable Long connectedAt;

  /**
   * Creates one without a connection.
   *
   * @param complete told how many ns it took until all was subscribed on a new one
   */
  Subscriptions(Context context, PubSub pubsub, Routes routes, LongConsumer complete) {
    this.pubsub = pubsub;
    this.routes = routes;
    this.complete = complete;
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  /**
   * Subscribes a channel. {@link Listener#confirmed} follows, after each reconnect as well, unless
   * the channel {@linkplain #isConfirmed is confirmed} already.
   */
  void subscribe(String name, Listener listener) {
    var slot = slot(name);
    var channel =
        slots
            .computeIfAbsent(slot, s -> new LinkedHashMap<>())
            .computeIfAbsent(name, n -> new Channel(slot, n, listener));
    channel.listener = listener;
    channel.wanted = true;
    if (!channel.confirmed && channel.awaits == null) {
      channel.asked = false; // its slot was another's in between
    }
    change(channel);
  }

  /** Unsubscribes a channel. */
  void unsubscribe(String name) {
    var channel = channel(name);
    if (channel != null) {
      channel.wanted = false;
      change(channel);
    }
  }

  /** Tells whether all that is published on a channel from now on will come. */
  boolean isConfirmed(String name) {
    var channel = channel(name);
    return channel != null && channel.confirmed;
  }

  /**
   * Unsubscribes all channels of a slot that has become another's.
   *
   * @return who needs them, by channel, and has been told that they are heard no more
   */
  Map<String, Listener> release(int slot) {
    var released = new LinkedHashMap<String, Listener>();
    for (var channel : List.copyOf(slots.getOrDefault(slot, Map.of()).values())) {
      if (channel.wanted) {
        released.put(channel.name, channel.listener);
        channel.tellLost();
        channel.confirmed = false;
        channel.wanted = false;
        change(channel);
      }
    }
    return released;
  }

  private int slot(String name) {
    return pubsub.isSharded() ? Slots.of(name) : 0;
  }

  private @Nullable Channel channel(String name) {
    var ofSlot = slots.get(slot(name));
    return ofSlot == null ? null : ofSlot.get(name);
  }

  private void remove(Channel channel) {
    var ofSlot = slots.get(channel.slot);
    if (ofSlot != null && ofSlot.remove(channel.name, channel) && ofSlot.isEmpty()) {
      slots.remove(channel.slot);
    }
  }

  private List<Channel> all() {
    return slots.values().stream().flatMap(ofSlot -> ofSlot.values().stream()).toList();
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
    all().forEach(this::enqueue);
    flush();
  }

  void disconnected() {
    connection = null;
    sent.clear();
    awaited = 0;
    changed.clear();
    for (var channel : all()) {
      channel.forget();
      channel.enqueued = false;
      if (!channel.wanted) {
        remove(channel);
      }
    }
  }

  /** Takes what Redis sends. Nothing may be thrown from here: the client would lose messages. */
  private void push(Response response) {
    try {
      if (response instanceof Throwable error) {
        refused(error);
        return;
      }
      var kind = response.get(0).toString();
      if (kind.equals(pubsub.message())) {
        message(response.get(1).toString(), response.get(2).toBuffer());
      } else if (kind.equals(pubsub.subscribed())) {
        answered(true, response.get(1).toString());
      } else if (kind.equals(pubsub.unsubscribed())) {
        answered(false, response.get(1).toString());
      } else {
        LOG.warn("Unexpected push from Redis: {}", kind);
      }
    } catch (RuntimeException unexpected) {
      LOG.error("Cannot handle a push from Redis", unexpected);
    }
  }

  private void message(String name, Buffer payload) {
    var channel = channel(name);
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
          remove(channel);
        }
      }
      changed.clear();
      return;
    }
    while (connection == current && awaited < WINDOW && !changed.isEmpty()) {
      var subscribe = new ArrayList<Channel>();
      var unsubscribe = new ArrayList<Channel>();
      for (var channel : takeChunk()) {
        if (channel.wanted != channel.asked) {
          (channel.wanted ? subscribe : unsubscribe).add(channel);
        } else if (!channel.wanted && channel.awaits == null) {
          remove(channel);
        }
      }
      sendBySlot(current, true, subscribe);
      sendBySlot(current, false, unsubscribe);
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

  /** A command has channels of one slot. */
  private void sendBySlot(RedisConnection current, boolean subscribe, List<Channel> list) {
    if (list.size() == 1) {
      send(current, subscribe, list);
      return;
    }
    list.stream()
        .collect(Collectors.groupingBy(c -> c.slot, LinkedHashMap::new, Collectors.toList()))
        .values()
        .forEach(ofSlot -> send(current, subscribe, ofSlot));
  }

  private void send(RedisConnection current, boolean subscribe, List<Channel> list) {
    if (connection != current) { // a write can find it broken
      return;
    }
    var request = Request.cmd(subscribe ? pubsub.subscribe() : pubsub.unsubscribe());
    var entry = new Sent(subscribe, list);
    for (var channel : list) {
      request.arg(channel.name);
      channel.asked = channel.wanted;
      channel.confirmed = false;
      channel.awaits = entry;
    }
    sent.add(entry);
    awaited += list.size();
    current.send(request);
  }

  private void answered(boolean subscribed, String name) {
    var head = sent.peek();
    if (head == null || head.subscribe != subscribed || !head.isFor(name)) {
      unasked(subscribed, name);
      return;
    }
    awaited--;
    if (++head.answers == head.channels.size()) {
      sent.remove();
    }
    var channel = channel(name);
    if (channel != null && channel.awaits == head) {
      channel.awaits = null;
      if (channel.asked) {
        channel.confirmed = true;
        channel.listener.confirmed();
      } else if (!channel.wanted) {
        remove(channel);
      }
    }
    flush();
    if (connectedAt != null && sent.isEmpty() && changed.isEmpty()) {
      complete.accept(System.nanoTime() - connectedAt);
      connectedAt = null;
    }
  }

  /**
   * A master whose slot has become another's unsubscribes the slot's channels. To subscribe such a
   * one again here brings the answer who the other is. A command of ours that crosses this is
   * answered by the same error.
   */
  private void unasked(boolean subscribed, String name) {
    var channel = channel(name);
    if (subscribed || channel == null) {
      LOG.debug("Redis answered for channel \"{}\", which was not asked for", name);
    } else if (channel.asked && channel.awaits == null) {
      channel.tellLost();
      channel.forget();
      change(channel);
    }
  }

  private void refused(Throwable error) {
    var redirect = routes.redirect(error.getMessage()); // it may release channels
    var head = sent.peek();
    if (head == null || (redirect != null && !head.concerns(redirect))) {
      LOG.debug("Redis sent an error that answers nothing: {}", error.getMessage());
      return;
    }
    sent.remove();
    awaited -= head.channels.size() - head.answers;
    for (var channel : head.channels) {
      if (channel.awaits != head) {
        continue;
      }
      channel.forget();
      if (!channel.wanted) {
        remove(channel);
      } else if (redirect != null) {
        routes.later(() -> change(channel));
      } else if (head.channels.size() > 1) {
        alone(channel);
      } else {
        remove(channel);
        channel.wanted = false;
        channel.listener.refused(error);
      }
    }
    flush();
  }

  /** One forbidden channel makes Redis refuse a whole command: find it by asking one by one. */
  private void alone(Channel channel) {
    channel.alone = true;
    enqueue(channel);
  }

  private static final class Channel {
    final int slot;
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

    Channel(int slot, String name, Listener listener) {
      this.slot = slot;
      this.name = name;
      this.listener = listener;
    }

    void tellLost() {
      if (confirmed) {
        listener.lost();
      }
    }

    void forget() {
      asked = false;
      confirmed = false;
      awaits = null;
    }
  }

  private static final class Sent {
    final boolean subscribe;
    final List<Channel> channels;
    int answers;

    Sent(boolean subscribe, List<Channel> channels) {
      this.subscribe = subscribe;
      this.channels = channels;
    }

    /** They are answered in their order, unless an unasked answer was taken for one of them. */
    boolean isFor(String name) {
      return channels.get(answers).name.equals(name)
          || channels.stream().anyMatch(channel -> channel.name.equals(name));
    }

    boolean concerns(Redirect redirect) {
      return redirect.slot() < 0 || redirect.slot() == channels.get(0).slot;
    }
  }
}
