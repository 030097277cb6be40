package dev.serverevents;

import dev.serverevents.bus.BusServerEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Waits for events by name and id, and emits them, through the {@link ServerEventsVerticle} that is
 * deployed on the same Vert.x.
 *
 * <p>A name or an id is a {@link String} or an integer ({@link Integer}, {@link Long}, {@link
 * Short}, {@link Byte}, {@link java.math.BigInteger}), at most {@value EventKey#MAX_BYTES} bytes of
 * UTF-8 and not empty; {@code 314} and {@code "314"} are the same one. Names that begin with {@code
 * $} are reserved. Anything else fails with {@link InvalidInputException}.
 *
 * <p>An instance belongs to the verticle that creates it, and its waits end when that verticle is
 * undeployed; created outside of a verticle, it lasts until {@link #close()}. It may be called from
 * any thread: a Future completes on the context of its caller.
 */
public interface ServerEvents {

  /**
   * Creates an instance for the calling verticle.
   *
   * @param vertx the Vert.x on which a {@link ServerEventsVerticle} is, or will be, deployed
   */
  static ServerEvents create(Vertx vertx) {
    return BusServerEvents.create(vertx);
  }

  /** Waits for an event, for {@link #timeout()} ms at most; see {@link #on(Object,Object,long)}. */
  Future<EventArgs> on(Object name, Object id);

  /**
   * Waits for the next event of a name and id.
   *
   * @param timeout in ms, from 1 to {@value ServerEventsOptions#MAX_TIMEOUT} (24 h)
   * @return the arguments passed to {@code emit}; fails with {@link EventTimeoutException} when
   *     there was no event in time, {@link UnavailableException} when the wait could not listen or
   *     its verticle was undeployed, {@link InvalidInputException} for bad input
   */
  Future<EventArgs> on(Object name, Object id, long timeout);

  /** The same as {@link #on(Object,Object,long)}, with the timeout as a {@link Duration}. */
  default Future<EventArgs> on(Object name, Object id, Duration timeout) {
    return on(name, id, timeout.toMillis());
  }

  /**
   * Waits as {@link #on(Object,Object)} does, and returns a handle that tells when Redis has
   * confirmed the subscription and that can be cancelled.
   */
  EventWait listen(Object name, Object id);

  /** Waits as {@link #on(Object,Object,long)} does; see {@link #listen(Object,Object)}. */
  EventWait listen(Object name, Object id, long timeout);

  /** The same as {@link #request(Object,Object,long,Supplier)}, with {@link #timeout()}. */
  Future<EventArgs> request(Object name, Object id, Supplier<Future<?>> handOver);

  /**
   * Starts a job and waits for its event: {@code handOver} runs once the subscription is confirmed,
   * so that even a worker that answers at once is heard.
   *
   * @param timeout in ms, from 1 to {@value ServerEventsOptions#MAX_TIMEOUT}; it covers the
   *     subscription, the hand-over and the job
   * @param handOver gives the job to a worker, for example by pushing it to a queue; when it fails,
   *     the wait ends at once with that failure
   * @return as {@link #on(Object,Object,long)}, or the failure of {@code handOver}
   */
  Future<EventArgs> request(Object name, Object id, long timeout, Supplier<Future<?>> handOver);

  /**
   * Emits an event to everybody, on any server, who waits for its name and id.
   *
   * @param args anything that Vert.x can write as JSON: {@code null}, strings, numbers, booleans,
   *     {@code JsonObject}, {@code JsonArray}, maps, lists, and classes that Jackson maps
   * @return how many subscribers Redis says received it; 0 on a single Redis server means that
   *     nobody waits. The number counts connections, not waits: the waits of one verticle share one
   *     connection. On a Redis Cluster it counts one node's subscribers only (PUBLISH, redis issue
   *     7986), so there 0 proves nothing. Fails with {@link UnavailableException} when Redis did
   *     not take it and {@link InvalidInputException} for bad input.
   */
  Future<Integer> emit(Object name, Object id, Object... args);

  /**
   * Calls a handler when both Redis connections of every deployed verticle are up: at once if they
   * are now, and again after each reconnect.
   */
  ServerEvents onReady(Runnable handler);

  /** Calls a handler with each error of a Redis connection, and the store that had it. */
  ServerEvents onError(BiConsumer<Store, Throwable> handler);

  /** Tells whether a verticle is deployed here and all of its Redis connections are up. */
  boolean isReady();

  /** The timeout in ms of a wait that names none: {@link #timeout(long)}, or the verticle's. */
  long timeout();

  /**
   * Sets the timeout of this instance's waits that name none.
   *
   * @param timeout in ms, from 1 to {@value ServerEventsOptions#MAX_TIMEOUT}
   * @throws InvalidInputException if it is out of range
   */
  ServerEvents timeout(long timeout);

  /** Ends all waits of this instance with {@link WaitCancelledException} and frees it. */
  Future<Void> close();
}
