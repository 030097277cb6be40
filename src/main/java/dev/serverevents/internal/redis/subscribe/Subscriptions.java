package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.Supervisor;
import dev.serverevents.internal.wire.Slots;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * may be sent on the connection. What Redis sends is handled in its order, in turns that are never
 * long; when too much of it is queued, the connection is not read for a while. Used on the
 * verticle's context only.
 */
public final class Subscriptions {

  /** What becomes of the connection. */
  interface Owner {
    /** Redis has sent something, or something that it sent has been handled. */
    void received();

    /** All is subscribed on a new connection, so many ns after it was up. */
    void complete(long nanos);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** Channels in one command: more would hold Redis, and this event loop, for too long. */
  private static final int CHUNK = 500;

  /** Channels that may await their answers. */
  private static final int WINDOW = 4 * CHUNK;

  /** So long after Redis has refused to unsubscribe a channel it is asked again, in ms. */
  private static final long RETRY_MS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final PubSub pubsub;
  private final EndOfTurn endOfTurn;
  private final Supervisor stores;
  private final Owner owner;

  /**
   * By slot, which is one for all where channels have none, and then by name; each in the order in
   * which they came, which is that of subscribing them again.
   */
  private final Map<Integer, Map<String, Channel>> slots = new LinkedHashMap<>();

  private final Deque<Channel> changed = new ArrayDeque<>();
  private final Deque<Sent> sent = new ArrayDeque<>();
  private int awaited;
  private @Nullable Session session;
  private boolean closed;

  /** Creates one without a connection. */
  Subscriptions(Context context, PubSub pubsub, Supervisor stores, Owner owner) {
    this.vertx = context.owner();
    this.context = context;
    this.pubsub = pubsub;
    this.stores = stores;
    this.owner = owner;
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  /**
   * Subscribes a channel. {@link ChannelListener#confirmed} follows, after each reconnect as well,
   * unless the channel {@linkplain #isConfirmed is confirmed} already.
   */
  public void subscribe(String name, ChannelListener listener) {
    var slot = slot(name);
    var channel =
        slots
            .computeIfAbsent(slot, s -> new LinkedHashMap<>())
            .computeIfAbsent(name, n -> new Channel(slot, n, listener));
    channel.listener = listener;
    channel.wanted = true;
    if (!isConfirmed(channel) && channel.awaits == null) {
      channel.asked = false; // its slot was another's in between
    }
    change(channel);
  }

  /** Unsubscribes a channel. */
  public void unsubscribe(String name) {
    var channel = channel(name);
    if (channel != null) {
      channel.wanted = false;
      change(channel);
    }
  }

  /** Tells whether all that is published on a channel from now on will come. */
  public boolean isConfirmed(String name) {
    var channel = channel(name);
    return channel != null && isConfirmed(channel);
  }

  private boolean isConfirmed(Channel channel) {
    return channel.session == session && channel.confirmed;
  }

  /**
   * Unsubscribes all channels of a slot that has become another's.
   *
   * @return who needs them, by channel, and has been told that they are heard no more
   */
  public Map<String, ChannelListener> release(int slot) {
    var released = new LinkedHashMap<String, ChannelListener>();
    for (var channel : List.copyOf(slots.getOrDefault(slot, Map.of()).values())) {
      if (channel.wanted) {
        released.put(channel.name, channel.listener);
        tellLost(channel);
        channel.confirmed = false;
        channel.wanted = false;
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
        all(),
        channel -> {
          if (confirming == session && isConfirmed(channel) && channel.wanted) {
            Turns.finish(context, channel.listener.confirmed());
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
    var channel = channel(name);
    var current = session;
    if (channel == null || current == null) {
      return Future.failedFuture(new IOException("not connected"));
    }
    var entry = new Sent(true, List.of(channel));
    sent.add(entry);
    awaited++;
    current.connection.send(Request.cmd(pubsub.subscribe()).arg(name));
    return entry.answered.future();
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
    var current = new Session(connection);
    session = current;
    connection.handler(current::received);
    Turns.forEach(
            context,
            all(),
            channel -> {
              if (current == session && channel.wanted) {
                change(channel);
              }
            })
        .onComplete(all -> current.isWhole = true);
  }

  /** What a channel was on the last connection is forgotten when it is next looked at. */
  void disconnected() {
    session = null;
    for (var channel : changed) {
      channel.enqueued = false;
      removeUnlessWanted(channel);
    }
    changed.clear();
    for (var entry : sent) {
      entry.channels.forEach(this::removeUnlessWanted);
      entry.answered.tryFail("the connection is gone");
    }
    sent.clear();
    awaited = 0;
  }

  private void removeUnlessWanted(Channel channel) {
    if (!channel.wanted) {
      remove(channel);
    }
  }

  /** Nobody is told of anything any more. */
  void close() {
    closed = true;
    disconnected();
  }

  /** Handles what Redis has sent: a message even if the connection has broken since. */
  private @Nullable Work push(Session from, Response response) {
    if (closed) {
      return null;
    }
    owner.received();
    var isError = response instanceof Throwable;
    var kind = isError ? "" : response.get(0).toString();
    if (kind.equals(pubsub.message())) {
      return message(response.get(1).toString(), response.get(2).toBuffer());
    }
    if (from != session) {
      return null;
    }
    if (isError) {
      refused(ErrorReply.of(response.toString()));
    } else if (kind.equals(pubsub.subscribed())) {
      return answered(true, response.get(1).toString());
    } else if (kind.equals(pubsub.unsubscribed())) {
      return answered(false, response.get(1).toString());
    } else {
      LOG.warn("Unexpected push from Redis: {}", kind);
    }
    return null;
  }

  private @Nullable Work message(String name, Buffer payload) {
    var channel = channel(name);
    return channel != null && channel.wanted ? channel.listener.message(name, payload) : null;
  }

  private void change(Channel channel) {
    if (!channel.enqueued) {
      channel.enqueued = true;
      changed.add(channel);
    }
    endOfTurn.schedule();
  }

  private void flush() {
    var current = session;
    if (current == null) {
      for (var channel : changed) {
        channel.enqueued = false;
        removeUnlessWanted(channel);
      }
      changed.clear();
      return;
    }
    while (session == current && awaited < WINDOW && !changed.isEmpty()) {
      var subscribe = new ArrayList<Channel>();
      var unsubscribe = new ArrayList<Channel>();
      for (var channel : takeChunk(current)) {
        if (channel.wanted != channel.asked) {
          (channel.wanted ? subscribe : unsubscribe).add(channel);
        } else if (channel.awaits == null) {
          removeUnlessWanted(channel);
        }
      }
      sendBySlot(current, true, subscribe);
      sendBySlot(current, false, unsubscribe);
    }
  }

  private List<Channel> takeChunk(Session current) {
    var chunk = new ArrayList<Channel>();
    while (!changed.isEmpty() && chunk.size() < CHUNK) {
      if (changed.element().alone && !chunk.isEmpty()) {
        break;
      }
      var channel = changed.remove();
      channel.enqueued = false;
      if (channel.session != current) {
        channel.forget();
        channel.session = current;
      }
      chunk.add(channel);
      if (channel.alone) {
        break;
      }
    }
    return chunk;
  }

  /** A command has channels of one slot. */
  private void sendBySlot(Session current, boolean subscribe, List<Channel> list) {
    if (list.size() == 1) {
      send(current, subscribe, list);
      return;
    }
    list.stream()
        .collect(Collectors.groupingBy(c -> c.slot, LinkedHashMap::new, Collectors.toList()))
        .values()
        .forEach(ofSlot -> send(current, subscribe, ofSlot));
  }

  private void send(Session current, boolean subscribe, List<Channel> list) {
    if (session != current) { // a write can find it broken
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
    current.connection.send(request);
  }

  private @Nullable Work answered(boolean subscribed, String name) {
    var head = sent.peek();
    if (head == null || head.subscribe != subscribed || !head.isFor(name)) {
      unasked(subscribed, name);
      return null;
    }
    awaited--;
    if (++head.answers == head.channels.size()) {
      sent.remove();
      head.answered.tryComplete();
    }
    var work = settled(name, head);
    flush();
    var current = session;
    if (current != null && current.isResubscribing()) {
      owner.complete(current.resubscribed());
    }
    return work;
  }

  private @Nullable Work settled(String name, Sent answered) {
    var channel = channel(name);
    if (channel != null && channel.awaits == answered) {
      channel.awaits = null;
      if (channel.asked) {
        channel.confirmed = true;
        return channel.wanted ? channel.listener.confirmed() : null;
      }
      removeUnlessWanted(channel);
    }
    return null;
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
    } else if (channel.session == session && channel.asked && channel.awaits == null) {
      tellLost(channel);
      channel.forget();
      change(channel);
    }
  }

  private void refused(ErrorReply error) {
    stores.handle(error); // it may release channels
    var head = sent.peek();
    if (head == null || !head.concerns(error)) {
      LOG.debug("Redis sent an error that answers nothing: {}", error.getMessage());
      return;
    }
    sent.remove();
    head.answered.tryComplete();
    awaited -= head.channels.size() - head.answers;
    for (var channel : head.channels) {
      if (channel.awaits == head) {
        refused(channel, head, error);
      }
    }
    flush();
  }

  private void refused(Channel channel, Sent command, ErrorReply error) {
    channel.awaits = null;
    channel.asked = !command.subscribe;
    var isFinal = error.kind() == ErrorReply.Kind.REFUSED;
    if (!isFinal) {
      stores.later(() -> change(channel));
    } else if (command.channels.size() > 1) {
      alone(channel);
    } else if (command.subscribe && channel.wanted) {
      remove(channel);
      channel.wanted = false;
      channel.listener.refused(error);
    } else if (command.subscribe) {
      remove(channel);
    } else {
      var current = session;
      vertx.setTimer(
          RETRY_MS,
          timer -> {
            if (current == session) {
              change(channel);
            }
          });
    }
  }

  /** One forbidden channel makes Redis refuse a whole command: find it by asking one by one. */
  private void alone(Channel channel) {
    channel.alone = true;
    change(channel);
  }

  private void tellLost(Channel channel) {
    if (isConfirmed(channel)) {
      channel.listener.lost();
    }
  }

  /** The time of one connection. */
  private final class Session {
    final RedisConnection connection;
    final Mailbox<Response> pushes;

    /** Whether all channels that were there when it began are among those that have changed. */
    boolean isWhole;

    private final long began = System.nanoTime();
    private boolean isResubscribed;
    private boolean isPaused;

    Session(RedisConnection connection) {
      this.connection = connection;
      pushes = new Mailbox<>((ContextInternal) context, response -> push(this, response));
    }

    /** Takes what Redis sends, and reads no more of it for a while if it is too much. */
    void received(Response response) {
      owner.received();
      pushes.handleOrAdd(response);
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

    boolean isResubscribing() {
      return !isResubscribed && isWhole && sent.isEmpty() && changed.isEmpty();
    }

    /** Says, in ns, how long it took. */
    long resubscribed() {
      isResubscribed = true;
      return System.nanoTime() - began;
    }
  }

  private static final class Channel {
    final int slot;
    final String name;
    ChannelListener listener;
    boolean wanted;

    /** The connection that what follows is about. */
    @Nullable Session session;

    /** The last command that took effect, or may still, was SUBSCRIBE. */
    boolean asked;

    boolean confirmed;

    /** The last command sent for it, while unanswered. */
    @Nullable Sent awaits;

    /** It is among those that have changed. */
    boolean enqueued;

    /** It goes in a command of its own. */
    boolean alone;

    Channel(int slot, String name, ChannelListener listener) {
      this.slot = slot;
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
    final boolean subscribe;
    final List<Channel> channels;
    final Promise<Void> answered = Promise.promise();
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

    boolean concerns(ErrorReply error) {
      return error.slot() < 0 || error.slot() == channels.get(0).slot;
    }
  }
}
