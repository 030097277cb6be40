package dev.serverevents.internal.redis;

import dev.serverevents.EmitOptions;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.loop.Later;
import dev.serverevents.internal.loop.Patience;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.redis.cluster.BusLinks;
import dev.serverevents.internal.redis.cluster.ClusterSlots;
import dev.serverevents.internal.redis.cluster.SlotMap;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.MasterFinder;
import dev.serverevents.internal.redis.connection.MasterWatch;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.StoreConnection;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.publish.Publisher;
import dev.serverevents.internal.redis.subscribe.OutputStore;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Slots;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;
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
public final class RedisStores
    implements Broker,
        ChannelListener,
        Shard.Owner,
        MasterWatch.Owner,
        BusLinks.Owner,
        ClusterSlots.Owner {

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
    inbox = WireNames.inbox(serverId);
    publisher = new Publisher(context, this, this, options);
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
      master = new MasterWatch(vertx, this, finder);
      links = null;
      shared =
          options.isListen()
              ? new OutputStore(this, finder.target(), OutputStore.by(this::pingAll))
              : null;
      shards.put(ONLY, Shard.sharing(this, publisher, finder.target(), shared));
    }
  }

  @Override
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

  @Override
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

  @Override
  public boolean isPublishing() {
    return shards.values().stream().allMatch(Shard::isPublishing);
  }

  @Override
  public boolean isListening() {
    return !options.isListen() || (shards.values().stream().allMatch(Shard::hears) && hearsInbox());
  }

  private boolean hearsInbox() {
    return shared == null || shared.hears(inbox);
  }

  @Override
  public @Nullable String refusal() {
    return shards.values().stream()
        .flatMap(shard -> Stream.ofNullable(shard.heartbeat().refusal()))
        .map(ErrorReply::code)
        .findFirst()
        .orElse(null);
  }

  @Override
  public List<AtomicLong> lastHeartbeats() {
    return shards.values().stream().map(shard -> shard.heartbeat().last()).toList();
  }

  @Override
  public long epoch(String channel) {
    var output = output(channel);
    return output.hears(channel) ? output.epoch() : 0;
  }

  @Override
  public void subscribe(String channel, ChannelListener listener) {
    output(channel).subscriptions().subscribe(channel, listener);
  }

  @Override
  public void unsubscribe(String channel) {
    output(channel).subscriptions().unsubscribe(channel);
  }

  @Override
  public boolean isConfirmed(String channel) {
    return output(channel).hears(channel);
  }

  @Override
  public Future<Long> settle(String channel) {
    return isConfirmed(channel)
        ? output(channel).settle()
        : Future.failedFuture(new IOException("the channel is not subscribed"));
  }

  private OutputStore output(String channel) {
    var output = shared == null ? shard(() -> Slots.of(channel)).output() : shared;
    return Objects.requireNonNull(output, "it only emits");
  }

  @Override
  public Future<Integer> publish(
      String channel, Buffer payload, EventKey key, EmitOptions options) {
    return publisher.publish(channel, payload, key, options);
  }

  @Override
  public Future<Void> drain() {
    return publisher.drain();
  }

  @Override
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

  @Override
  public @Nullable Payload decode(String channel, Buffer json) {
    try {
      return WireFormat.decode(json, options.getLimits().getPayloadIn());
    } catch (MalformedPayloadException malformed) {
      listener.dropped(channel, malformed);
      return null;
    }
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public Vertx vertx() {
    return vertx;
  }

  @Override
  public ServerEventsOptions options() {
    return options;
  }

  @Override
  public RedisServerOptions redis() {
    return options.getRedis();
  }

  @Override
  public String serverId() {
    return serverId;
  }

  @Override
  public long nextEpoch() {
    return ++epochs;
  }

  @Override
  public long nextNonce() {
    return ++nonces;
  }

  @Override
  public long probeTimeout() {
    return options.getProbeTimeout() == 0 ? 0 : Patience.probeMs(options);
  }

  @Override
  public Future<Void> pingAll(long limitMs) {
    return Future.all(shards.values().stream().map(shard -> shard.ping(limitMs)).toList())
        .mapEmpty();
  }

  @Override
  public void missed() {
    if (shared != null) {
      shared.missed();
    }
  }

  @Override
  public @Nullable StoreConnection listening() {
    return shared == null ? null : shared.connection();
  }

  @Override
  public @Nullable StoreConnection listeningAt() {
    var shard = shared == null ? null : shards.get(String.valueOf(shared.connection().url()));
    return shard == null ? null : shard.input();
  }

  @Override
  public Stream<StoreConnection> connections() {
    return Stream.concat(
        shards.values().stream().flatMap(Shard::connections),
        Stream.ofNullable(shared).map(OutputStore::connection));
  }

  @Override
  public void up(Store store) {
    listener.up(store, isPublishing() && isListening());
    tellIfOpened();
  }

  @Override
  public void reconnected(StoreConnection store) {
    listener.reconnected(store.name());
  }

  @Override
  public void resubscribed(long nanos) {
    listener.resubscribed(nanos);
  }

  @Override
  public void failed(StoreConnection store, Throwable cause) {
    if (store.name() == Store.INPUT_STORE) {
      publisher.disconnected(cause);
    }
    listener.failed(store.name(), cause);
    if (cluster != null) {
      cluster.refreshSoon();
    }
  }

  @Override
  public void refusalChanged(@Nullable ErrorReply error) {
    if (error == null) {
      up(Store.INPUT_STORE);
    } else {
      listener.failed(
          Store.INPUT_STORE,
          new UnavailableException(
              "Redis refuses to publish a heartbeat: " + error.getMessage(), error));
    }
  }

  @Override
  public void refused(
      String channel, ChannelListener wants, OutputStore output, RefusalException cause) {
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
  public void refused(RefusalException cause) {
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
            ? Shard.listening(this, publisher, target)
            : Shard.sharing(this, publisher, target, shared);
    shards.put(url, shard);
    if (connecting) {
      shard.open();
    }
  }
}
