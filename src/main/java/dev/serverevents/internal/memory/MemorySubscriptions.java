package dev.serverevents.internal.memory;

import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.loop.Work;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The channels that are subscribed, and those that should be. Used on one context only. */
final class MemorySubscriptions implements MemoryConnection.Owner {

  private final MemoryServer server;
  private final Broker.Listener listener;
  private final Runnable whenChanged;
  private final MemoryConnection connection;
  private final Map<String, Heard> channels = new LinkedHashMap<>();
  private final Set<Heard> changed = new LinkedHashSet<>();
  private final EndOfTurn endOfTurn;
  private @Nullable MemorySession present;
  private long epoch;
  private boolean hears;

  /** Begins without a connection; {@code whenChanged} is told when it {@link #hears} or not. */
  MemorySubscriptions(
      MemoryServer server, Context context, Broker.Listener listener, Runnable whenChanged) {
    this.server = server;
    this.listener = listener;
    this.whenChanged = whenChanged;
    connection = new MemoryConnection(server, context, Store.OUTPUT_STORE, this);
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  MemoryConnection connection() {
    return connection;
  }

  /** Whether it is connected, and what is published is heard. */
  boolean hears() {
    return hears;
  }

  /** The number of the connection; no other has it, ever. */
  long epoch() {
    return epoch;
  }

  /** Whether all that is published on a channel from now on will come. */
  boolean isConfirmed(String name) {
    var channel = channels.get(name);
    return present != null && channel != null && channel.isSubscribed();
  }

  void subscribe(String name, ChannelListener channelListener) {
    var channel = channels.computeIfAbsent(name, first -> new Heard(name, channelListener));
    channel.want(channelListener);
    change(channel);
  }

  void unsubscribe(String name) {
    var channel = channels.get(name);
    if (channel != null) {
      channel.dismiss();
      change(channel);
    }
  }

  private void change(Heard channel) {
    if (present != null) {
      changed.add(channel);
      endOfTurn.schedule();
    } else if (!channel.isWanted()) {
      channels.remove(channel.name());
    }
  }

  /** Has something arrive after so many ms, behind all that the memory has sent by now. */
  void behindAll(long ms, Runnable arrival) {
    if (present != null) {
      present.push(ms, arrival);
    }
  }

  /** Forgets all channels, so that no listener is called any more. */
  void close() {
    connection.close();
    end();
    channels.clear();
  }

  @Override
  public void up(MemorySession session, boolean again) {
    var began = server.clock().nanoTime();
    present = session;
    epoch++;
    channels.values().forEach(Heard::lost);
    changed.addAll(channels.values());
    connection.pass(() -> session.push(0, () -> heard(session)));
    flush();
    connection.pass(
        () ->
            session.push(
                0,
                () -> {
                  if (again && session == present) {
                    listener.resubscribed(server.clock().nanoTime() - began);
                  }
                }));
  }

  private void heard(MemorySession session) {
    if (session == present) {
      hears = true;
      whenChanged.run();
    }
  }

  @Override
  public void reconnected() {
    listener.reconnected(Store.OUTPUT_STORE);
  }

  @Override
  public void failed(UnavailableException cause) {
    end();
    whenChanged.run();
    listener.failed(Store.OUTPUT_STORE, cause);
  }

  private void end() {
    present = null;
    hears = false;
    changed.clear();
    channels.values().removeIf(channel -> !channel.isWanted());
    channels.values().forEach(Heard::lost);
  }

  @Override
  public void message(String name, Buffer payload) {
    var channel = channels.get(name);
    if (channel != null && channel.isWanted()) {
      finish(channel.listener().message(name, payload));
    }
  }

  /** What is left of a message comes before the next one. */
  private static void finish(@Nullable Work work) {
    while (work != null && work.proceed()) {
      // goes on
    }
  }

  private void flush() {
    var session = present;
    if (session == null) {
      return;
    }
    var changes = new ArrayList<Heard.Change>();
    for (var channel : List.copyOf(changed)) {
      if (channel.needsCommand()) {
        changes.add(channel.command());
      } else if (channel.isUnneeded()) {
        channels.remove(channel.name(), channel);
      }
    }
    changed.clear();
    changes.forEach(change -> send(session, change));
  }

  private void send(MemorySession session, Heard.Change change) {
    var name = change.channel().name();
    if (!change.subscribes()) {
      connection.pass(
          () -> {
            server.unsubscribe(name, session);
            session.push(0, () -> answered(session, change));
          });
      return;
    }
    connection
        .send(
            () -> {
              server.subscribe(name, session);
              session.push(0, () -> answered(session, change));
              return session;
            })
        .onFailure(
            cause -> {
              if (cause instanceof RefusalException refusal) {
                refused(change, refusal);
              }
            });
  }

  private void answered(MemorySession session, Heard.Change change) {
    var channel = change.channel();
    if (session != present || !channel.answered(change)) {
      return;
    }
    if (channel.isUnneeded()) {
      channels.remove(channel.name(), channel);
    } else if (channel.isWanted() && channel.isSubscribed()) {
      finish(channel.listener().confirmed());
    }
  }

  private void refused(Heard.Change change, RefusalException cause) {
    var channel = change.channel();
    if (change.subscribes() && channel.answered(change)) {
      channel.lost();
      channels.remove(channel.name(), channel);
      if (channel.isWanted()) {
        channel.dismiss();
        channel.listener().refused(cause);
      }
    }
  }
}
