package dev.serverevents.redis;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventKey;
import dev.serverevents.IdempotencyException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.bus.Mailbox.Work;
import dev.serverevents.bus.Patience;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Context;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
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

    /**
     * A connection is gone, an attempt to make it again has failed, or Redis has begun to refuse
     * what a server must be able to do.
     */
    void failed(Store store, Throwable cause);

    /** Who serves which slot of the cluster has changed. */
    void rerouted();

    /** A message that is no event came, or was kept. */
    void dropped(String channel, MalformedPayloadException cause);
  }

  /** So long after a slot was said to be on its way to a master without slots it is kept. */
  private static final long ASKED_NS = TimeUnit.SECONDS.toNanos(10);

  /** What the only server is known by. */
  private static final String ONLY = "";

  private final Vertx vertx;
  private final Context context;
  private final ServerEventsOptions options;
  private final String serverId;
  private final String inbox;
  private final Listener listener;
  private final Publisher publisher;
  private final Later later;

  /** Who serves which slot; null where there is no cluster. */
  private final @Nullable ClusterSlots cluster;

  /** Who the master is; null where there is a cluster. */
  private final @Nullable MasterWatch master;

  /** What is missed where events come over other nodes; null where they do not. */
  private final @Nullable BusLinks links;

  /** By URL, or the only one. */
  private final Map<String, Shard> shards = new LinkedHashMap<>();

  /** Where all is subscribed; null where each shard has one of its own, or nothing is. */
  private final @Nullable OutputStore shared;

  private final Promise<Void> opened = Promise.promise();

  /** Whether a shard that is added is opened. */
  private boolean connecting;

  /** Whether a connection to each was tried, so that what is up now is enough to begin. */
  private boolean tried;

  private long linksTimer = -1;
  private long epochs;
  private long nonces;

  /** Connects nothing yet; {@code serverId} names the inbox that heartbeats go to. */
  public RedisStores(Vertx vertx, String serverId, ServerEventsOptions options, Listener listener) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.options = options;
    this.serverId = serverId;
    this.listener = listener;
    inbox = WireFormat.inbox(serverId);
    publisher = new Publisher(context, this, options);
    later = new Later(vertx);
    if (redis().getType() == RedisServerOptions.Type.CLUSTER) {
      cluster = new ClusterSlots(vertx, redis(), this);
      master = null;
      var sharesOutput = options.isListen() && !PubSub.of(redis()).isSharded();
      links = sharesOutput ? new BusLinks(this) : null;
      shared =
          links == null ? null : new OutputStore(this, new Target(false, this::anyMaster), links);
    } else {
      var finder = new MasterFinder(vertx, redis());
      cluster = null;
      master = new MasterWatch(this, finder);
      links = null;
      shared =
          options.isListen()
              ? new OutputStore(this, finder.target(), OutputStore.by(this::pingAll))
              : null;
      shards.put(ONLY, Shard.sharing(this, finder.target(), shared));
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
    var heartbeat = options.getHeartbeat();
    if (master != null) {
      master.start(heartbeat);
    }
    if (links != null) {
      linksTimer = vertx.setPeriodic(heartbeat, timer -> checkLinks());
    }
    return cluster == null ? Future.succeededFuture() : cluster.open(heartbeat);
  }

  /** What they lost may be kept, and need not wait for its time to be over to be found. */
  private void checkLinks() {
    if (links != null && shared != null && shared.connection().isUp()) {
      links.check(Patience.probeMs(options)).onFailure(cause -> {});
    }
  }

  private Future<Void> connect() {
    if (shared != null) {
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
    if (master != null) {
      master.stop();
    }
    vertx.cancelTimer(linksTimer);
    later.cancel();
    publisher.close();
    return Future.join(
            Stream.concat(
                    shards.values().stream().map(Shard::close),
                    Stream.ofNullable(shared).map(OutputStore::close))
                .toList())
        .mapEmpty();
  }

  /** Tells whether all connections that publish are up, and Redis publishes what they send. */
  public boolean isPublishing() {
    return shards.values().stream().allMatch(Shard::isPublishing);
  }

  /** Tells whether all connections that subscribe are up and hear, if there have to be any. */
  public boolean isListening() {
    return !options.isListen() || (shards.values().stream().allMatch(Shard::hears) && hearsInbox());
  }

  private boolean hearsInbox() {
    return shared == null || shared.hears(inbox);
  }

  /** Why Redis does not publish though it is connected, by its code; null if it does. */
  public @Nullable String refusal() {
    return shards.values().stream()
        .flatMap(shard -> Stream.ofNullable(shard.heartbeat().refusal()))
        .map(ErrorReply::code)
        .findFirst()
        .orElse(null);
  }

  /** When heartbeats last went both ways, each a {@link System#nanoTime()} that any may read. */
  public List<AtomicLong> lastHeartbeats() {
    return shards.values().stream().map(shard -> shard.heartbeat().last()).toList();
  }

  /** The number of the connection on which a channel is heard, or 0 while it is not. */
  public long epoch(String channel) {
    var output = output(channel);
    return output.hears(channel) ? output.epoch() : 0;
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

  /**
   * Has all that was published on a channel before now received, and told to its listener.
   *
   * <p>On one server, and sharded in a cluster, a ping on the same connections proves that, since
   * Redis keeps the order. In a cluster without sharded Pub/Sub what is published comes over links
   * between its nodes: there a ping is published at every master, and the links must be those that
   * were there all the time. What is published at a replica is not covered by that.
   *
   * @return completes with the {@link #epoch} on which that is so; fails where it cannot be known
   *     within {@link ServerEventsOptions#getProbeTimeout()}
   */
  public Future<Long> settle(String channel) {
    return isConfirmed(channel)
        ? output(channel).settle()
        : Future.failedFuture(new IOException("the channel is not subscribed"));
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
   * @param key the event's name and id
   * @param options how long Redis keeps it, and whether it may have been emitted already
   * @return how many subscribers it had on the Redis that took it, or -1 where that is not known;
   *     fails with {@link UnavailableException} if Redis refused it, did not have it within the
   *     emit timeout, or did not answer. One that was written and not answered is sent again if it
   *     is retained or has an idempotency key, since that does no harm; any other may have been
   *     delivered or not. {@link IdempotencyException} if its key stands for another, {@link
   *     InvalidInputException} if this cluster can keep no key for it.
   */
  public Future<Integer> publish(
      String channel, Buffer payload, EventKey key, EmitOptions options) {
    return publisher.publish(channel, payload, key, options);
  }

  /** Completes once all that was to be published has ended. */
  public Future<Void> drain() {
    return publisher.drain();
  }

  /**
   * Looks up what is kept of an event. While Redis cannot tell, it is asked again.
   *
   * @param dated whether it matters until when it is kept
   * @param wanted whether somebody still needs to know
   * @return it, or null; fails with {@link UnavailableException} if Redis refuses to tell
   */
  public Future<@Nullable Kept> lookUp(EventKey key, boolean dated, BooleanSupplier wanted) {
    return LookUps.lookUp(this, key, dated, wanted)
        .map(
            found -> {
              var payload = found == null ? null : decode(key.channel(), found.payload());
              return payload == null || !payload.key().equals(key)
                  ? null
                  : new Kept(payload, Objects.requireNonNull(found).expiresAt());
            });
  }

  /** Reads what came on a channel, or is kept; null if it is no event. */
  public @Nullable Payload decode(String channel, Buffer json) {
    try {
      return WireFormat.decode(json, options.getLimits().getPayloadIn());
    } catch (MalformedPayloadException malformed) {
      listener.dropped(channel, malformed);
      return null;
    }
  }

  /** Where it is used. */
  public Context context() {
    return context;
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

  /** For how long it is tried to prove that nothing was missed, in ms; 0 does without. */
  long probeTimeout() {
    return options.getProbeTimeout() == 0 ? 0 : Patience.probeMs(options);
  }

  /** Pings by every master. */
  Future<Void> pingAll(long limitMs) {
    return Future.all(shards.values().stream().map(shard -> shard.ping(limitMs)).toList())
        .mapEmpty();
  }

  /** Something may have been missed where all is subscribed. */
  void missed() {
    if (shared != null) {
      shared.missed();
    }
  }

  /** Where all is subscribed, or null. */
  @Nullable StoreConnection listening() {
    return shared == null ? null : shared.connection();
  }

  /** A connection for commands to the node where all is subscribed; null while there is none. */
  @Nullable StoreConnection listeningAt() {
    var shard = shared == null ? null : shards.get(String.valueOf(shared.connection().url()));
    return shard == null ? null : shard.input();
  }

  /** All connections. */
  Stream<StoreConnection> connections() {
    return Stream.concat(
        shards.values().stream().flatMap(Shard::connections),
        Stream.ofNullable(shared).map(OutputStore::connection));
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

  /** Redis refuses to publish heartbeats, or does so no more. */
  void refusalChanged(@Nullable ErrorReply error) {
    if (error == null) {
      up(Store.INPUT_STORE);
    } else {
      listener.failed(
          Store.INPUT_STORE,
          new UnavailableException(
              "Redis refuses to publish a heartbeat: " + error.getMessage(), error));
    }
  }

  /** A verticle is of no use where it may not subscribe an inbox: it tries again, and says so. */
  void refused(String channel, Subscriptions.Listener wants, OutputStore output, ErrorReply cause) {
    var refused =
        new UnavailableException(
            "Redis refuses to subscribe %s: %s".formatted(channel, cause.getMessage()), cause);
    opened.tryFail(refused);
    output.subscriptions().subscribe(channel, wants);
    output.connection().drop(refused);
  }

  private void tellIfOpened() {
    var up = shards.values().stream().filter(Shard::isUp).toList();
    var inboxIsHeard = shared == null || !shared.connection().isUp() || hearsInbox();
    if (tried && !up.isEmpty() && up.stream().allMatch(Shard::hears) && inboxIsHeard) {
      opened.tryComplete();
    }
  }

  @Override
  public @Nullable Work confirmed() {
    shards.values().forEach(shard -> shard.heartbeat().start());
    up(Store.OUTPUT_STORE);
    return null;
  }

  @Override
  public void lost() {
    // an inbox that is not sharded is not moved
  }

  @Override
  public void refused(ErrorReply cause) {
    refused(inbox, this, output(inbox), cause);
  }

  @Override
  public @Nullable Work message(String channel, Buffer json) {
    var payload = decode(channel, json);
    if (payload != null) {
      shards.values().forEach(shard -> shard.heartbeat().message(payload));
    }
    return null;
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
  public void handle(ErrorReply error) {
    if (cluster != null) {
      cluster.handle(error);
    }
  }

  @Override
  public void handle(ErrorReply error, StoreConnection from) {
    handle(error);
    if (error.kind() == ErrorReply.Kind.READ_ONLY && master != null && from.isUp()) {
      master.leave(null);
    }
  }

  @Override
  public Shard asked(ErrorReply ask) {
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
                Stream.of(shard.getValue().input())
                    .filter(StoreConnection::isUp)
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
