package dev.serverevents.internal.hub;

import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.journal.ConnectionReport;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a verticle needs of Redis. Used on the verticle's context only. */
public interface Broker {

  /** What the verticle does about what happens in Redis. */
  interface Listener {
    /** A connection has come up, for the first time or again; and maybe all are up now. */
    void up(Store store, boolean all);

    /** A connection that broke, or could not be made, is up again. */
    void reconnected(Store store);

    /** All channels are subscribed again, so many ns after a new connection was up. */
    void resubscribed(long nanos);

    /**
     * A connection is gone, an attempt to make it again has failed, or Redis has begun to refuse
     * what a server must be able to do.
     */
    void failed(Store store, Throwable cause);

    /** Some slots of the cluster are served by other masters than before. */
    void rerouted();

    /** Reads what came on a channel, or is kept; null if it is no event. */
    @Nullable Payload decode(String channel, Buffer json);
  }

  /**
   * Connects; fails with {@link UnavailableException}, and leaves nothing open. Of a cluster a part
   * is enough: the rest is tried again.
   */
  Future<Void> open();

  /** Closes all for good; what is not published yet fails. */
  Future<Void> close();

  /** Tells whether all connections that publish are up, and Redis publishes what they send. */
  boolean isPublishing();

  /** Tells whether all connections that subscribe are up and hear, if there have to be any. */
  boolean isListening();

  /** Why Redis does not publish though it is connected, by its code; null if it does. */
  @Nullable String refusal();

  /** When heartbeats last went both ways, each a time of the clock in ns that any may read. */
  List<LongSupplier> lastHeartbeats();

  /** Over which servers channels are spread. */
  Shards shards();

  /** The number of the connection on which a channel is heard, or 0 while it is not. */
  long epoch(String channel);

  /**
   * Subscribes a channel. {@link ChannelListener#confirmed} follows, after each reconnect as well,
   * unless the channel {@linkplain #isConfirmed is confirmed} already.
   */
  void subscribe(String channel, ChannelListener listener);

  /** Unsubscribes a channel. */
  void unsubscribe(String channel);

  /** Tells whether all that is published on a channel from now on will come. */
  boolean isConfirmed(String channel);

  /**
   * Has all that was published on a channel before now received, and given to its listener.
   *
   * <p>On one server, and sharded in a cluster, a ping on the same connections proves that, since
   * Redis keeps the order. In a cluster without sharded Pub/Sub what is published comes over links
   * between its nodes: there a ping is published at every master, and the links must be those that
   * were there all the time. What is published at a replica is not covered by that.
   *
   * @return completes with the {@link #epoch} on which that is so; fails where it cannot be known
   *     within {@link ServerEventsOptions#getProbeTimeout()}
   */
  Future<Long> settle(String channel);

  /**
   * Publishes a payload, and stores it as well where it is to be retained: both or neither, or, in
   * a cluster with sharded Pub/Sub where they are of two slots, stores it first.
   *
   * @param channel where it goes: the event's own channel, or an inbox
   * @param key the event's name and id
   * @param options how long Redis keeps it, and whether it may have been emitted already
   * @return how many subscribers it had on the Redis that took it, or -1 where that is not known;
   *     fails with {@link UnavailableException} if Redis refused it, did not have it within the
   *     emit timeout, or did not answer. One that was written and not answered is sent again if it
   *     is retained or has an idempotency key, since that does no harm; any other may have been
   *     delivered or not. {@link IdempotencyException} if its key stands for another, {@link
   *     InvalidInputException} if this cluster can keep no key for it.
   */
  Future<Integer> publish(String channel, Buffer payload, EventKey key, EmitOptions options);

  /** Completes once all that was to be published has ended. */
  Future<Void> drain();

  /**
   * Looks up what is kept of an event. While Redis cannot tell, it is asked again.
   *
   * @param dated whether it matters until when it is kept
   * @param wanted whether somebody still needs to know
   * @return it, or null; fails with {@link UnavailableException} if Redis refuses to tell
   */
  Future<@Nullable Kept> lookUp(EventKey key, boolean dated, BooleanSupplier wanted);

  /**
   * Counts the connections that subscribe channels, those of this server included.
   *
   * @return the counts in the order of the channels, -1 for one that is not known; fails if Redis
   *     does not tell, with {@link RefusalException} if it refuses
   */
  Future<List<Long>> countSubscribers(List<String> channels);

  /** The connections, as an overview has them. */
  List<ConnectionReport> connections();

  /** The lists of jobs, for use on any thread. */
  JobStore jobs();
}
