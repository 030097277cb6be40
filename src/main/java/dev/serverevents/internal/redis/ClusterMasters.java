package dev.serverevents.internal.redis;

import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.loop.Patience;
import dev.serverevents.internal.redis.cluster.BusLinks;
import dev.serverevents.internal.redis.cluster.ClusterSlots;
import dev.serverevents.internal.redis.cluster.SlotMap;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.subscribe.SubscribeConnection;
import dev.serverevents.internal.wire.Slots;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The masters of a Redis Cluster, each of which serves some of the slots. */
final class ClusterMasters implements Topology, ClusterSlots.Owner {

  /** So long after a slot was said to be on its way to a master without slots it is kept. */
  private static final long ASKED_NS = TimeUnit.SECONDS.toNanos(10);

  private final Resources resources;
  private final Connections connections;
  private final Function<Target, Master> masters;
  private final Runnable changed;
  private final ClusterSlots slots;

  /** What is missed where events come over other nodes; null where they do not. */
  private final @Nullable BusLinks links;

  private long linksTimer = -1;

  /**
   * Connects nothing yet.
   *
   * @param masters makes a master at a target
   * @param changed called when others serve some slots than before
   */
  ClusterMasters(
      Resources resources,
      Connections connections,
      Function<Target, Master> masters,
      Runnable changed) {
    this.resources = resources;
    this.connections = connections;
    this.masters = masters;
    this.changed = changed;
    slots = new ClusterSlots(resources, this);
    var isShared = resources.options().isListen() && !resources.pubsub().isSharded();
    links = isShared ? new BusLinks(connections) : null;
  }

  @Override
  public Future<Void> start() {
    var heartbeat = resources.options().getHeartbeat();
    if (links != null) {
      var target = new Target(false, this::anyMaster);
      connections.share(new SubscribeConnection(resources, this, target, links));
      linksTimer = resources.vertx().setPeriodic(heartbeat, timer -> checkLinks(links));
    }
    return slots.open(heartbeat);
  }

  @Override
  public void stop() {
    slots.close();
    resources.vertx().cancelTimer(linksTimer);
  }

  @Override
  public void check() {
    slots.refreshSoon();
  }

  /** What they lost may be kept, and need not wait for its time to be over to be found. */
  private void checkLinks(BusLinks checked) {
    var shared = connections.listening();
    if (shared != null && shared.isUp()) {
      checked.check(Patience.probeMs(resources.options())).onFailure(cause -> {});
    }
  }

  /** One of the masters, and one that is up if any is. */
  private Future<String> anyMaster() {
    var up = nodes().stream().map(ClusterSlots.Node::url).toList();
    var urls = up.isEmpty() ? List.copyOf(connections.byUrl().keySet()) : up;
    return Future.succeededFuture(urls.get(ThreadLocalRandom.current().nextInt(urls.size())));
  }

  @Override
  public int slots(String url) {
    return slots.count(url);
  }

  @Override
  public Shards shards() {
    return resources.pubsub().isSharded() ? slots.shards(connections.hearing()) : Shards.ONE;
  }

  @Override
  public SubscribeConnection output(String channel) {
    var shared = connections.shared();
    var output = shared == null ? master(() -> Slots.of(channel)).output() : shared;
    return Objects.requireNonNull(output, "it only emits");
  }

  @Override
  public Master master(IntSupplier slot) {
    return connections.master(slots.owner(slot.getAsInt()));
  }

  @Override
  public Collection<Master> masters() {
    return connections.masters();
  }

  @Override
  public Master askedFor(ErrorReply ask) {
    var url = slots.url(ask);
    add(url);
    var master = connections.master(url);
    master.asked();
    return master;
  }

  @Override
  public void learn(ErrorReply error) {
    slots.learn(error);
  }

  @Override
  public void learn(ErrorReply error, ReconnectingConnection from) {
    learn(error);
  }

  @Override
  public List<ClusterSlots.Node> nodes() {
    return connections.byUrl().entrySet().stream()
        .filter(master -> master.getValue().isInputUp())
        .map(master -> new ClusterSlots.Node(master.getKey(), master.getValue().input()))
        .toList();
  }

  @Override
  public void follow(SlotMap now, Map<Integer, String> changes) {
    var owners = now.owners();
    owners.forEach(this::add);
    connections.byUrl().forEach((url, master) -> master.chooseInbox(now, url));
    changes.forEach(
        (slot, before) ->
            connections
                .master(before)
                .releaseSlot(slot)
                .forEach(
                    (channel, listener) ->
                        output(channel).subscriptions().subscribe(channel, listener)));
    connections
        .byUrl()
        .forEach(
            (url, master) -> {
              if (!owners.contains(url) && !master.wasAsked(ASKED_NS)) {
                connections.remove(url);
              }
            });
    connections.byUrl().values().stream()
        .filter(master -> !master.isInputUp())
        .forEach(Master::release);
    var shared = connections.listening();
    if (shared != null && !owners.contains(String.valueOf(shared.url()))) {
      shared.drop(new IOException("it is a master no more"));
    }
    changed.run();
  }

  /** Adds a master, if it is not known yet. */
  private void add(String url) {
    if (!connections.has(url)) {
      connections.add(url, masters.apply(Target.of(url)));
    }
  }
}
