package dev.serverevents.internal.memory;

import dev.serverevents.Store;
import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the connections share: channels, keys, lists, and the faults. Any thread may use it: it is
 * the lock itself, under which nothing waits.
 */
final class MemoryServer {

  private final Clock clock;
  private final Keys keys;
  private final Lists lists;
  private final Channels channels = new Channels();
  private final Set<Client> clients = new LinkedHashSet<>();
  private final Set<MemorySession> sessions = new LinkedHashSet<>();
  private @Nullable Predicate<Published> losing;
  private boolean isDown;
  private boolean isCut;
  private int run;
  private long slowMs;
  private @Nullable String refusal;

  /** An empty one, which goes by a clock. */
  MemoryServer(Clock clock) {
    this.clock = clock;
    keys = new Keys(clock);
    lists = new Lists(clock);
  }

  Clock clock() {
    return clock;
  }

  // Faults

  synchronized boolean isDown() {
    return isDown;
  }

  /** Breaks all connections. None can be made until it is {@link #up}. */
  synchronized void down() {
    isDown = true;
    run++;
    end(session -> true);
    lists.disconnected(gone());
  }

  synchronized void up() {
    isDown = false;
  }

  /** Breaks the connections that subscribe. None can be made until it is mended. */
  synchronized void cut() {
    isCut = true;
    end(session -> session.store() == Store.OUTPUT_STORE);
  }

  synchronized void mend() {
    isCut = false;
    reconnect();
  }

  /** Has all connections made now that would be made later. */
  synchronized void reconnect() {
    clients.forEach(Client::retryNow);
  }

  /** Loses the next message for which that holds. */
  synchronized void lose(Predicate<Published> which) {
    losing = which;
  }

  /** Has each command and each delivery take so many ms. */
  synchronized void slow(long ms) {
    slowMs = ms;
  }

  /** Answers each command with an error; null for no more. */
  synchronized void refuse(@Nullable String error) {
    refusal = error;
    clients.forEach(Client::refusalChanged);
  }

  synchronized @Nullable String refusal() {
    return refusal;
  }

  // What connections do

  synchronized void add(Client client) {
    clients.add(client);
  }

  synchronized void remove(Client client) {
    clients.remove(client);
  }

  /** How many connections there are. */
  synchronized int connections() {
    return sessions.size();
  }

  /** Lets a connection begin; tells whether it could. */
  synchronized boolean admit(MemorySession session) {
    var isOpen = !isDown && !(isCut && session.store() == Store.OUTPUT_STORE);
    if (isOpen) {
      sessions.add(session);
    }
    return isOpen;
  }

  /** A connection was closed at its other end. */
  synchronized void leave(MemorySession session) {
    sessions.remove(session);
    channels.leave(session);
  }

  /** How long a command or a delivery takes, in ms. */
  synchronized long slow() {
    return slowMs;
  }

  /** Changes whenever all connections break. */
  synchronized int run() {
    return run;
  }

  /**
   * Runs a command of a connection, under the lock.
   *
   * @return fails with {@link IOException} if the connection is gone, and with {@link Refusal}
   */
  synchronized <T extends @Nullable Object> Future<T> run(
      MemorySession session, Supplier<T> command) {
    return session.isOver() ? Future.failedFuture(gone()) : run(command);
  }

  /** Runs a command, under the lock, if nothing has broken since a run. */
  synchronized <T extends @Nullable Object> Future<T> run(int since, Supplier<T> command) {
    return isDown || run != since ? Future.failedFuture(gone()) : run(command);
  }

  private <T extends @Nullable Object> Future<T> run(Supplier<T> command) {
    if (refusal != null) {
      return Future.failedFuture(new Refusal(refusal));
    }
    return Future.succeededFuture(command.get());
  }

  static IOException gone() {
    return new IOException("the connection was closed");
  }

  // What commands do, under the lock

  synchronized void subscribe(String channel, Receiver receiver) {
    channels.subscribe(channel, receiver);
  }

  synchronized void unsubscribe(String channel, Receiver receiver) {
    channels.unsubscribe(channel, receiver);
  }

  synchronized long count(String channel) {
    return channels.count(channel);
  }

  /** Publishes a message, and keeps it for so many ms where there is a key. */
  synchronized int publish(String channel, Buffer payload, @Nullable String key, long ms) {
    if (key != null) {
      keys.set(key, payload, ms);
    }
    var published = new Published(channel, payload, channels.count(channel), key != null);
    var isLost = losing != null && losing.test(published);
    losing = isLost ? null : losing;
    channels.publish(published, isLost);
    return published.receivers();
  }

  synchronized Channels channels() {
    return channels;
  }

  synchronized Keys keys() {
    return keys;
  }

  synchronized Lists jobs() {
    return lists;
  }

  private void end(Predicate<MemorySession> which) {
    var ended =
        sessions.stream().filter(which).collect(Collectors.toCollection(LinkedHashSet::new));
    ended.forEach(
        session -> {
          leave(session);
          session.end();
        });
  }
}
