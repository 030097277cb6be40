package dev.serverevents.internal.memory;

import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a Redis is to this library, in memory: brokers of one JVM that are given the same one hear
 * each other. Faults can be had on demand, and a test can take part as another program would. Any
 * thread may use it, and nothing here waits.
 */
public final class MemoryRedis {

  private static final String RETAINED = "$retained:";

  private final MemoryServer server;

  /** An empty one, which goes by a clock. */
  public MemoryRedis(Clock clock) {
    server = new MemoryServer(clock);
  }

  /** The clock that it goes by. */
  public Clock clock() {
    return server.clock();
  }

  /** What the connections of brokers are made to. */
  MemoryServer server() {
    return server;
  }

  // Faults

  /** Breaks all connections. None can be made until it is {@link #up}; its data stays. */
  public void down() {
    server.down();
  }

  /** Lets connections be made again: each comes at its next attempt, within a second. */
  public void up() {
    server.up();
  }

  /** Has all connections made now that would be made at their next attempt. */
  public void reconnect() {
    server.reconnect();
  }

  /** Whether it is {@link #down}. */
  public boolean isDown() {
    return server.isDown();
  }

  /** Breaks the connections that subscribe. None can be made until the {@link #gapEnds}. */
  public void gapBegins() {
    server.cut();
  }

  /** Has the connections that subscribe made again at once. */
  public void gapEnds() {
    server.mend();
  }

  /** Breaks the connections that subscribe, and has them made again at once. */
  public void gap() {
    gapBegins();
    gapEnds();
  }

  /** Loses the next message: nobody gets it, though its publisher is told who had it. */
  public void loseNext() {
    loseNext(published -> true);
  }

  /** Loses the next message for which that holds. */
  public void loseNext(Predicate<Published> which) {
    server.lose(which);
  }

  /** Has each command and each delivery take so many ms from now on; 0 is as fast as can be. */
  public void slow(long ms) {
    server.slow(ms);
  }

  /** How many ms that is now. */
  public long slow() {
    return server.slow();
  }

  /** Answers each command with an error from now on, such as {@code NOPERM}; null for no more. */
  public void refuse(@Nullable String error) {
    server.refuse(error);
  }

  // What a test may look at

  /** Tells an observer, on whichever thread publishes, of each message; it must not wait. */
  public void observe(Consumer<Published> observer) {
    synchronized (server) {
      server.channels().observe(observer);
    }
  }

  /** How many connections there are. */
  public int connections() {
    synchronized (server) {
      return server.connections();
    }
  }

  /** How many connections subscribe a channel. */
  public long subscribers(String channel) {
    return server.count(channel);
  }

  /** How many connections subscribe each channel, for those that have any. */
  public Map<String, Integer> subscriptions() {
    synchronized (server) {
      return server.channels().counts();
    }
  }

  /** What is retained now, by its key. */
  public Map<String, Buffer> retained() {
    synchronized (server) {
      return server.keys().all(RETAINED);
    }
  }

  /** The lists of jobs that are not empty, by their keys; also those that workers have taken. */
  public Map<String, List<String>> lists() {
    synchronized (server) {
      return server.jobs().all();
    }
  }

  // How a test takes part

  /**
   * Subscribes a channel as another program would. The subscriber is called on whichever thread
   * publishes, and must not wait; it may publish. No fault concerns it.
   *
   * @return unsubscribes it
   */
  public Runnable subscribe(String channel, Consumer<Buffer> subscriber) {
    Receiver receiver = (from, payload) -> subscriber.accept(payload);
    server.subscribe(channel, receiver);
    return () -> server.unsubscribe(channel, receiver);
  }

  /** Publishes as another program would; returns how many connections subscribe the channel. */
  public int publish(String channel, Buffer payload) {
    return server.publish(channel, payload, null, 0);
  }

  /**
   * Takes the first job of a list, as a worker in another program would.
   *
   * @return completes on whichever thread adds a job; fails when it is {@link #down}
   */
  public Future<String> take(JobsKey list, String workerId) {
    Promise<@Nullable String> taken = Promise.promise();
    synchronized (server) {
      if (server.isDown()) {
        taken.fail(MemoryServer.gone());
      } else {
        server.jobs().take(new Lists.Waiting(list, workerId, taken));
      }
    }
    return taken.future().map(String::valueOf);
  }

  /** Forgets a job that such a worker has done. */
  public void done(JobsKey list, String workerId, String job) {
    synchronized (server) {
      server.jobs().done(list, workerId, job);
    }
  }

  /** Gives back what such a worker has taken and not done. */
  public void giveBack(JobsKey list, String workerId) {
    synchronized (server) {
      server.jobs().giveBack(list, workerId);
    }
  }

  /** Such a worker waits for no job any more. What it has taken stays its own. */
  public void leave(JobsKey list, String workerId) {
    synchronized (server) {
      server.jobs().leave(list, workerId);
    }
  }
}
