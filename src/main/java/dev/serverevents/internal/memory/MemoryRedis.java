package dev.serverevents.internal.memory;

import dev.serverevents.Store;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a Redis is to this library, in memory: brokers of one JVM that are given the same one hear
 * each other. Faults can be had on demand. Any thread may use it: there is one lock, under which
 * nothing waits.
 */
public final class MemoryRedis {

  private static final String RETAINED = "$retained:";

  private final Clock clock;
  private final Keys keys;
  private final Lists lists;
  private final Channels channels = new Channels();
  private final Set<MemoryConnection> connections = new LinkedHashSet<>();
  private final Set<Session> sessions = new LinkedHashSet<>();
  private @Nullable Predicate<Published> losing;
  private boolean isDown;
  private boolean isCut;
  private int run;
  private long slowMs;
  private @Nullable String refusal;

  /** An empty one, which goes by a clock. */
  public MemoryRedis(Clock clock) {
    this.clock = clock;
    keys = new Keys(clock);
    lists = new Lists(clock);
  }

  /** The clock that it goes by. */
  public Clock clock() {
    return clock;
  }

  // Faults

  /** Breaks all connections. None can be made until it is {@link #up}; its data stays. */
  public synchronized void down() {
    isDown = true;
    run++;
    end(session -> true);
    lists.disconnected(gone());
  }

  /** Whether no connection can be made. */
  public synchronized boolean isDown() {
    return isDown;
  }

  /** Has all connections that are broken made again at once. */
  public synchronized void reconnect() {
    connections.forEach(MemoryConnection::retryNow);
  }

  /** Lets connections be made again: each comes at its next attempt, within a second. */
  public synchronized void up() {
    isDown = false;
  }

  /** Breaks the connections that subscribe. None can be made until the {@link #gapEnds}. */
  public synchronized void gapBegins() {
    isCut = true;
    end(session -> session.store() == Store.OUTPUT_STORE);
  }

  /** Has the connections that subscribe made again at once. */
  public synchronized void gapEnds() {
    isCut = false;
    reconnect();
  }

  /** Breaks the connections that subscribe, and has them made again at once. */
  public synchronized void gap() {
    gapBegins();
    gapEnds();
  }

  /** Loses the next message: nobody gets it, though its publisher is told who had it. */
  public void loseNext() {
    loseNext(published -> true);
  }

  /** Loses the next message for which that holds. */
  public synchronized void loseNext(Predicate<Published> which) {
    losing = which;
  }

  /** Has each command and each delivery take so many ms from now on; 0 is as fast as can be. */
  public synchronized void slow(long ms) {
    slowMs = ms;
  }

  /** Answers each command with an error from now on, such as {@code NOPERM}; null for no more. */
  public synchronized void refuse(@Nullable String error) {
    refusal = error;
  }

  // What a test may look at, and take part in

  /** Tells an observer, on whichever thread publishes, of each message; it must not wait. */
  public synchronized void observe(Consumer<Published> observer) {
    channels.observe(observer);
  }

  /**
   * Subscribes a channel as another program would. The subscriber is called on whichever thread
   * publishes, and must not wait; it may publish.
   *
   * @return unsubscribes it
   */
  public synchronized Runnable subscribe(String channel, Consumer<Buffer> subscriber) {
    Receiver receiver = (from, payload) -> subscriber.accept(payload);
    channels.subscribe(channel, receiver);
    return () -> unsubscribe(channel, receiver);
  }

  /** Tells an observer, on whichever thread it is, of each channel that a connection subscribes. */
  public synchronized void observeSubscriptions(Consumer<String> observer) {
    channels.observeSubscriptions(observer);
  }

  /**
   * Takes a job off a list as another program would, once there is one.
   *
   * @return the job, on whichever thread adds it; fails if the memory goes down, and never
   *     completes if the worker {@linkplain #leave leaves}
   */
  public synchronized Future<String> take(JobsKey list, String workerId) {
    lists.join(list, workerId);
    Promise<@Nullable String> taken = Promise.promise();
    var job = lists.take(list, workerId);
    if (job != null) {
      taken.complete(job);
    } else {
      lists.await(new Lists.Waiting(list, workerId, taken));
    }
    return taken.future().map(Objects::requireNonNull);
  }

  /** Forgets a job that another program has taken. */
  public synchronized void done(JobsKey list, String workerId, String job) {
    lists.remove(list.taken(workerId), job);
  }

  /** Another program does not wait for a job any more; what it has taken stays on its list. */
  public synchronized void leave(JobsKey list, String workerId) {
    lists.leave(list, workerId);
  }

  /** Publishes as another program would; returns how many connections subscribe the channel. */
  public synchronized int publish(String channel, Buffer payload) {
    return publish(channel, payload, null, 0);
  }

  /** How many connections subscribe each channel, for those that have any. */
  public synchronized Map<String, Integer> subscriptions() {
    return channels.counts();
  }

  /** What is retained now, by its key. */
  public synchronized Map<String, Buffer> retained() {
    return keys.all(RETAINED);
  }

  /** The lists of jobs that are not empty, by their keys; also those that workers have taken. */
  public synchronized Map<String, List<String>> lists() {
    return lists.all();
  }

  // What connections do

  synchronized void add(MemoryConnection connection) {
    connections.add(connection);
  }

  synchronized void remove(MemoryConnection connection) {
    connections.remove(connection);
  }

  /** Lets a connection begin; tells whether it could. */
  synchronized boolean admit(Session session) {
    var isOpen = !isDown && !(isCut && session.store() == Store.OUTPUT_STORE);
    if (isOpen) {
      sessions.add(session);
    }
    return isOpen;
  }

  /** A connection was closed at its other end. */
  synchronized void leave(Session session) {
    sessions.remove(session);
    channels.leave(session);
  }

  /** How many connections there are. */
  synchronized int connections() {
    return sessions.size();
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
  synchronized <T extends @Nullable Object> Future<T> run(Session session, Supplier<T> command) {
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

  synchronized Keys keys() {
    return keys;
  }

  synchronized Lists jobs() {
    return lists;
  }

  private void end(Predicate<Session> which) {
    var ended =
        sessions.stream().filter(which).collect(Collectors.toCollection(LinkedHashSet::new));
    ended.forEach(
        session -> {
          leave(session);
          session.end();
        });
  }
}
