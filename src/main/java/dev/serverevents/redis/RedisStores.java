package dev.serverevents.redis;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventKey;
import dev.serverevents.IdempotencyException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A verticle's Redis: the input stores, which publish, and the output stores, which subscribe. One
 * of each for one server, be it alone or whichever is the master for Sentinels; for a cluster an
 * input store for each master, and as many output stores if Pub/Sub is sharded. Used on the
 * verticle's context only.
 */
public final class RedisStores implements Routes, Subscriptions.Listener, ClusterSlots.Owner {

  /** Who is told of the connections' changes. */
  public interface Listener {
    /** A connection has come up, for the first time or again; and maybe all are up now. */
    void up(Store store, boolean all);

    /** A connection that broke, or could not be made, is up again. */
    void reconnected(Store store);

    /** All channels are subscribed again, so many ns after a new connection was up. */
    void resubscribed(long nanos);

    /** A connection is gone, or an attempt to make it again has failed. */
    void failed(Store store, Throwable cause);

    /** Who serves which slot of the cluster has changed. */
    void rerouted();

    /** The inbox is heard, for the first time or again. */
    void inboxConfirmed();

    /** The inbox is heard no more, though its connection is up; it will be confirmed again. */
    void inboxLost();

    /** A message came to the inbox. */
    void replied(Payload reply);

    /** A message that is no event came to the inbox. */
    void dropped(String channel, MalformedPayloadException cause);
  }

  /** So long after a slot was said to be on its way to a master without slots it is kept. */
  private static final long ASKED_NS = TimeUnit.SECONDS.toNanos(10);

  /** What the only server is known by. */
  private static final String ONLY = "";

  private final Vertx vertx;
  private final ServerEventsOptions options;
  private final String serverId;
  private final String inbox;
  private final Listener listener;
  private final Publisher publisher;
  private final MasterFinder master;
  private final Later later;

  /** Who serves which slot; null where there is no cluster. */
  private final @Nullable ClusterSlots cluster;

  /** By URL, or the only one. */
  private final Map<String, Shard> shards = new LinkedHashMap<>();

  /** Where all is subscribed; null where each shard has one of its own, or nothing is. */
  private final @Nullable OutputStore shared;

  private final Promise<Void> opened = Promise.promise();

  /** Whether a shard that is added is opened. */
  private boolean connecting;

  /** Whether a connection to each was tried, so that what is up now is enough to begin. */
  private boolean tried;

  private long masterCheck = -1;
  private long epochs;
  private long nonces;

  /** Connects nothing yet; {@code serverId} names the inbox. */
  public RedisStores(Vertx vertx, String serverId, ServerEventsOptions options, Listener listener) {
    this.vertx = vertx;
    this.options = options;
    this.serverId = serverId;
    this.listener = listener;
    inbox = WireFormat.inbox(serverId);
    publisher = new Publisher(vertx.getOrCreateContext(), this, options);
    master = new MasterFinder(vertx, redis());
    later = new Later(vertx);
    if (redis().getType() == RedisServerOptions.Type.CLUSTER) {
      cluster = new ClusterSlots(vertx, redis(), this);
      var sharesOutput = options.isListen() && !PubSub.of(redis()).isSharded();
      shared = sharesOutput ? new OutputStore(this, new Target(false, this::anyMaster)) : null;
    } else {
      cluster = null;
      shared = options.isListen() ? new OutputStore(this, master.target()) : null;
      shards.put(ONLY, Shard.sharing(this, master.target(), shared));
    }
  }

  /**
   * Connects; fails with {@link UnavailableException}, and leaves nothing open. Of a cluster a part
   * is enough: the rest is tried again.
   */
  public Future<Void> open() {
    return find()
        .compose(found -> connect())
        .recover(cause -> close().transform(done -> Future.failedFuture(cause)));
  }

  private Future<Void> find() {
    if (cluster != null) {
      return cluster.open(options.getHeartbeat());
    }
    if (master.mayChange()) {
      masterCheck = vertx.setPeriodic(options.getHeartbeat(), timer -> checkMaster());
    }
    return Future.succeededFuture();
  }

  private Future<Void> connect() {
    if (options.isListen()) {
      subscribe(inbox, this);
    }
    connecting = true;
    return Future.join(shards.values().stream().map(Shard::open).toList())
        .eventually(this::openShared)
        .transform(
            all -> {
              tried = true;
              tellIfOpened();
              return all.failed() && shards.values().stream().noneMatch(Shard::isUp)
                  ? Future.failedFuture(all.cause())
                  : opened.future();
            });
  }

  private Future<Void> openShared() {
    return shared == null || shards.values().stream().noneMatch(shard -> shard.input().isUp())
        ? Future.succeededFuture()
        : shared.open();
  }

  /** Closes all for good; what is not published yet fails. */
  public Future<Void> close() {
    connecting = false;
    if (cluster != null) {
      cluster.close();
    }
    vertx.cancelTimer(masterCheck);
    later.cancel();
    publisher.close();
    return Future.join(
            Stream.concat(
                    shards.values().stream().map(Shard::close),
                    Stream.ofNullable(shared).map(OutputStore::close))
                .toList())
        .mapEmpty();
  }

  /** Tells whether all connections that publish are up. */
  public boolean isPublishing() {
    return shards.values().stream().allMatch(shard -> shard.input().isUp());
  }

  /** Tells whether all connections that subscribe are up and hear, if there have to be any. */
  public boolean isListening() {
    return !options.isListen()
        || (shards.values().stream().allMatch(Shard::hears) && isConfirmed(inbox));
  }

  /** When heartbeats last went both ways, each a {@link System#nanoTime()} that any may read. */
  public List<AtomicLong> lastHeartbeats() {
    return shards.values().stream().map(shard -> shard.heartbeat().last()).toList();
  }

  /** The numbers of the connections that hear now, and that can be tried out. */
  public Set<Long> epochs() {
    return shards.values().stream()
        .filter(Shard::isUp)
        .flatMap(shard -> Stream.ofNullable(shard.output()))
        .map(OutputStore::epoch)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The number of the connection on which a channel is heard, or 0 while it is not. */
  public long epoch(String channel) {
    var output = output(channel);
    return output.hears(channel) ? output.epoch() : 0;
  }

  /** The number of the connection on which the inbox is heard, or 0 while it is not. */
  public long inboxEpoch() {
    return options.isListen() ? epoch(inbox) : 0;
  }

  /** See {@link Subscriptions#subscribe}. */
  public void subscribe(String channel, Subscriptions.Listener listener) {
    output(channel).subscriptions().subscribe(channel, listener);
  }

  /** Unsubscribes a channel. */
  public void unsubscribe(String channel) {
    output(channel).subscriptions().unsubscribe(channel);
  }

  /** Tells whether all that is published on a channel from now on will come. */
  public boolean isConfirmed(String channel) {
    return output(channel).hears(channel);
  }

  private OutputStore output(String channel) {
    var output = shared == null ? shard(() -> Slots.of(channel)).output() : shared;
    return Objects.requireNonNull(output, "it only emits");
  }

  /**
   * Publishes a payload, and stores it as well where it is to be retained: both or neither, or, in
   * a cluster with sharded Pub/Sub where they are of two slots, stores it first.
   *
   * @param channel where it goes: the event's own channel, or an inbox
   * @param eventChannel the event's own channel
   * @param options how long Redis keeps it, and whether it may have been emitted already
   * @return how many subscribers it had on the Redis that took it, or -1 where that is not known;
   *     fails with {@link UnavailableException} if Redis refused it, did not have it within the
   *     emit timeout, or did not answer. One that was written and not answered is sent again if it
   *     is retained or has an idempotency key, since that does no harm; any other may have been
   *     delivered or not. {@link IdempotencyException} if its key stands for another, {@link
   *     InvalidInputException} if this cluster can keep no key for it.
   */
  public Future<Integer> publish(
      String channel, Buffer payload, String eventChannel, EmitOptions options) {
    return publisher.publish(channel, payload, eventChannel, options);
  }

  /** Completes once all that was to be published has ended. */
  public Future<Void> drain() {
    return publisher.drain();
  }

  /**
   * Looks up the payload that is kept for a channel.
   *
   * @return it, or none; fails with {@link UnavailableException} if Redis refuses to tell
   */
  public Future<Optional<Buffer>> lookUp(String channel) {
    return RetainedResults.lookUp(this, channel);
  }

  Vertx vertx() {
    return vertx;
  }

  ServerEventsOptions options() {
    return options;
  }

  RedisServerOptions redis() {
    return options.getRedis();
  }

  String serverId() {
    return serverId;
  }

  Publisher publisher() {
    return publisher;
  }

  long nextEpoch() {
    return ++epochs;
  }

  long nextNonce() {
    return ++nonces;
  }

  /** A connection is up, or hears. */
  void up(Store store) {
    listener.up(store, isPublishing() && isListening());
    tellIfOpened();
  }

  void reconnected(StoreConnection store) {
    listener.reconnected(store.name());
  }

  void resubscribed(long nanos) {
    listener.resubscribed(nanos);
  }

  void failed(StoreConnection store, Throwable cause) {
    if (store.name() == Store.INPUT_STORE) {
      publisher.disconnected(cause);
    }
    listener.failed(store.name(), cause);
    if (cluster != null) {
      cluster.refreshSoon();
    }
  }

  /** A verticle is of no use where it may not subscribe an inbox: it tries again, and says so. */
  void refused(String channel, Subscriptions.Listener wants, OutputStore output, Throwable cause) {
    var refused =
        new UnavailableException(
            "Redis refuses to subscribe %s: %s".formatted(channel, cause.getMessage()), cause);
    opened.tryFail(refused);
    output.subscriptions().subscribe(channel, wants);
    output.connection().drop(refused);
  }

  private void tellIfOpened() {
    var up = shards.values().stream().filter(Shard::isUp).toList();
    var inboxIsHeard =
        !options.isListen() || !output(inbox).connection().isUp() || isConfirmed(inbox);
    if (tried && !up.isEmpty() && up.stream().allMatch(Shard::hears) && inboxIsHeard) {
      opened.tryComplete();
    }
  }

  @Override
  public void confirmed() {
    if (shared != null) {
      shards.values().forEach(shard -> shard.heartbeat().start());
    }
    up(Store.OUTPUT_STORE);
    listener.inboxConfirmed();
  }

  @Override
  public void lost() {
    listener.inboxLost();
  }

  @Override
  public void refused(Throwable cause) {
    refused(inbox, this, output(inbox), cause);
  }

  @Override
  public void message(String channel, Buffer json) {
    try {
      var payload = WireFormat.decode(json, options.getLimits().getPayloadIn());
      if (payload.key().name().startsWith(EventKey.RESERVED)) {
        shards.values().forEach(shard -> shard.heartbeat().message(payload));
      } else {
        listener.replied(payload);
      }
    } catch (MalformedPayloadException malformed) {
      listener.dropped(channel, malformed);
    }
  }

  /** Leaves a server that is the master no more, if it has not closed the connections itself. */
  private void checkMaster() {
    master
        .find()
        .onSuccess(
            url ->
                Stream.concat(
                        shards.values().stream().map(Shard::input),
                        Stream.ofNullable(shared).map(OutputStore::connection))
                    .filter(store -> store.isUp() && !url.equals(store.url()))
                    .forEach(store -> store.drop(new IOException("it is the master no more"))));
  }

  private Future<String> anyMaster() {
    var up = shards.keySet().stream().filter(url -> shard(url).input().isUp()).toList();
    var all = up.isEmpty() ? List.copyOf(shards.keySet()) : up;
    return Future.succeededFuture(all.get(ThreadLocalRandom.current().nextInt(all.size())));
  }

  @Override
  public Shard shard(IntSupplier slot) {
    return shard(cluster == null ? ONLY : cluster.owner(slot.getAsInt()));
  }

  private Shard shard(String url) {
    return Objects.requireNonNull(shards.get(url), "every owner has a shard");
  }

  @Override
  public Collection<Shard> shards() {
    return shards.values();
  }

  @Override
  public @Nullable Redirect redirect(@Nullable String error) {
    return cluster == null ? null : cluster.redirect(error);
  }

  @Override
  public Shard asked(Redirect ask) {
    var url = Objects.requireNonNull(cluster).url(ask);
    add(url);
    shard(url).asked();
    return shard(url);
  }

  @Override
  public void later(Runnable action) {
    later.add(action);
  }

  @Override
  public List<ClusterSlots.Node> nodes() {
    return shards.entrySet().stream()
        .flatMap(
            shard ->
                Stream.ofNullable(shard.getValue().input().connection())
                    .map(connection -> new ClusterSlots.Node(shard.getKey(), connection)))
        .toList();
  }

  @Override
  public void follow(SlotMap now, Map<Integer, String> changes) {
    var owners = now.owners();
    owners.forEach(this::add);
    shards.forEach((url, shard) -> shard.chooseInbox(now, url));
    changes.forEach((slot, before) -> shard(before).releaseSlot(slot).forEach(this::subscribe));
    List.copyOf(shards.keySet()).stream()
        .filter(url -> !owners.contains(url) && !shard(url).wasAsked(ASKED_NS))
        .forEach(url -> Objects.requireNonNull(shards.remove(url)).close());
    shards.values().stream().filter(shard -> !shard.input().isUp()).forEach(Shard::release);
    if (shared != null && !owners.contains(String.valueOf(shared.connection().url()))) {
      shared.connection().drop(new IOException("it is a master no more"));
    }
    listener.rerouted();
  }

  /** Adds a master, if it is not known yet. */
  private void add(String url) {
    if (shards.containsKey(url)) {
      return;
    }
    var target = Target.of(url);
    var shard =
        options.isListen() && shared == null
            ? Shard.listening(this, target)
            : Shard.sharing(this, target, shared);
    shards.put(url, shard);
    if (connecting) {
      shard.open();
    }
  }
}
