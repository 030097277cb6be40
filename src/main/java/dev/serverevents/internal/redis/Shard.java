package dev.serverevents.internal.redis;

import dev.serverevents.Store;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.redis.cluster.SlotMap;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.Heartbeat;
import dev.serverevents.internal.redis.connection.Routes;
import dev.serverevents.internal.redis.connection.StoreConnection;
import dev.serverevents.internal.redis.connection.Supervisor;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.publish.Emission;
import dev.serverevents.internal.redis.publish.PublishLane;
import dev.serverevents.internal.redis.publish.Publisher;
import dev.serverevents.internal.redis.subscribe.OutputStore;
import dev.serverevents.internal.wire.Slots;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisConnection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One Redis server that is written to: the only one, or a master of a cluster. In a cluster with
 * sharded Pub/Sub it has an output store of its own, and tries both out with an inbox of its own;
 * elsewhere the output store and the inbox are those of the whole.
 */
final class Shard
    implements StoreConnection.Owner, ChannelListener, Publisher.Server, LookUps.Server {

  /** The whole of which it is a part. */
  interface Owner extends Supervisor, Routes<Shard> {
    /** Redis refuses to subscribe an inbox. */
    void refused(String channel, ChannelListener wants, OutputStore output, RefusalException cause);

    /** A message came on an inbox. */
    @Nullable Work message(String channel, Buffer json);
  }

  private final Owner stores;
  private final Publisher publisher;
  private final StoreConnection input;
  private final PublishLane lane;
  private final @Nullable Keeper keeper;
  private final LookUps lookUps;

  /** Where its events are heard, or null; the one of its own, if it has one. */
  private final @Nullable OutputStore output;

  private final @Nullable OutputStore own;
  private final Heartbeat heartbeat;

  /** The inbox of its own, if it has one. */
  private @Nullable String inbox;

  /** When a slot was last said to be on its way here, a {@link System#nanoTime()}. */
  private @Nullable Long asked;

  private Shard(
      Owner stores,
      Publisher publisher,
      Target target,
      @Nullable OutputStore shared,
      boolean hasOwnOutput) {
    this.stores = stores;
    this.publisher = publisher;
    var redis = stores.redis();
    own = hasOwnOutput ? new OutputStore(stores, target, OutputStore.by(this::prove)) : null;
    output = hasOwnOutput ? own : shared;
    input = new StoreConnection(stores.vertx(), Store.INPUT_STORE, redis, target, this);
    lane = new PublishLane(stores.vertx().getOrCreateContext(), publisher, input, 0);
    keeper = redis.getReplicas() > 0 ? new Keeper(stores, publisher, target) : null;
    lookUps = new LookUps(stores, stores, input);
    heartbeat = new Heartbeat(stores, input, output == null ? null : output.connection(), 0);
  }

  /** Creates one that is heard on an output store of others, or on none. */
  static Shard sharing(
      Owner stores, Publisher publisher, Target target, @Nullable OutputStore output) {
    return new Shard(stores, publisher, target, output, false);
  }

  /** Creates one with an output store of its own. */
  static Shard listening(Owner stores, Publisher publisher, Target target) {
    return new Shard(stores, publisher, target, null, true);
  }

  /** Makes the first connections; fails if one cannot be made, which is tried again. */
  Future<Void> open() {
    return Future.join(
            Stream.of(
                    Stream.of(input.open()),
                    Stream.ofNullable(keeper).map(Keeper::open),
                    Stream.ofNullable(own).map(OutputStore::open))
                .flatMap(opening -> opening)
                .toList())
        .mapEmpty();
  }

  /** Closes it for good; what it has not done yet is for others to do. */
  Future<Void> close() {
    heartbeat.stop();
    lane.close();
    lookUps.close();
    return Future.join(
            Stream.of(
                    Stream.of(input.close()),
                    Stream.ofNullable(keeper).map(Keeper::close),
                    Stream.ofNullable(own).map(OutputStore::close))
                .flatMap(closing -> closing)
                .toList())
        .mapEmpty();
  }

  @Override
  public boolean isInputUp() {
    return input.isUp();
  }

  @Override
  public void publish(Emission emission) {
    (keeper != null && emission.leavesKey() ? keeper.lane() : lane).add(emission);
  }

  private List<PublishLane> lanes() {
    return keeper == null ? List.of(lane) : List.of(lane, keeper.lane());
  }

  @Override
  public void purge() {
    lanes().forEach(PublishLane::purge);
  }

  /** Gives all that it has not sent to whom it belongs to now. */
  void release() {
    lanes().forEach(queue -> queue.release().forEach(publisher::route));
    lookUps.release();
  }

  /** Unsubscribes the channels of a slot that is another's now, and tells who needs them. */
  Map<String, ChannelListener> releaseSlot(int slot) {
    return own == null ? Map.of() : own.subscriptions().release(slot);
  }

  StoreConnection input() {
    return input;
  }

  @Override
  public LookUps lookUps() {
    return lookUps;
  }

  /** Where its channels are subscribed, or null. */
  @Nullable OutputStore output() {
    return output;
  }

  Heartbeat heartbeat() {
    return heartbeat;
  }

  /**
   * Proves that all that was published here before has been received. A cluster that is down as a
   * whole refuses to publish a ping, though nothing that was published is lost; then the other
   * connection, which is to the same node, is tried out alone.
   */
  private Future<Void> prove(long limitMs) {
    return ping(limitMs)
        .recover(
            cause ->
                isDown(cause) && own != null && inbox != null && own.hears(inbox)
                    ? own.subscriptions().echo(inbox)
                    : Future.failedFuture(cause));
  }

  private static boolean isDown(Throwable cause) {
    return cause instanceof ErrorReply error && error.kind() == ErrorReply.Kind.PASSING;
  }

  /** Pings; see {@link Heartbeat#ping}. */
  Future<Void> ping(long limitMs) {
    return heartbeat.ping(limitMs);
  }

  /** Its connections, but for an output store that is not its own. */
  Stream<StoreConnection> connections() {
    return Stream.of(
            Stream.of(input),
            Stream.ofNullable(keeper).map(Keeper::connection),
            Stream.ofNullable(own).map(OutputStore::connection))
        .flatMap(connections -> connections);
  }

  /** Whether its connections are up. */
  boolean isUp() {
    return input.isUp() && isOutputUp();
  }

  /** Whether all that is emitted can be published, as far as is known. */
  boolean isPublishing() {
    return input.isUp()
        && heartbeat.refusal() == null
        && (keeper == null || keeper.connection().isUp());
  }

  private boolean isOutputUp() {
    return output == null || output.connection().isUp();
  }

  /** Whether where its events are heard is up, and hears its own inbox, as far as it has these. */
  boolean hears() {
    return isOutputUp() && (own == null || inbox == null || own.hears(inbox));
  }

  /** A slot is said to be on its way here. */
  void asked() {
    asked = System.nanoTime();
  }

  /** Whether one was said to be in the last {@code ns}. */
  boolean wasAsked(long ns) {
    return asked != null && System.nanoTime() - asked < ns;
  }

  /** Sees to it that its own inbox, if it needs one, is in a slot of its own, if it has any. */
  void chooseInbox(SlotMap slots, String url) {
    if (own == null || (inbox != null && slots.owner(Slots.of(inbox)).equals(url))) {
      return;
    }
    if (inbox != null) {
      own.subscriptions().unsubscribe(inbox);
      heartbeat.stop();
      inbox = null;
    }
    if (slots.isOwner(url)) {
      var suffix = 0;
      while (!slots.owner(Slots.of(WireNames.inbox(serverId(suffix)))).equals(url)) {
        suffix++;
      }
      heartbeat.use(serverId(suffix));
      inbox = WireNames.inbox(serverId(suffix));
      own.subscriptions().subscribe(inbox, this);
    }
  }

  private String serverId(int suffix) {
    return stores.serverId() + "-" + suffix;
  }

  @Override
  public void up(StoreConnection store, RedisConnection connection, boolean again) {
    lane.flush();
    lookUps.send();
    if (own == null || inbox != null) {
      heartbeat.start();
    }
    if (again) {
      stores.reconnected(store);
    }
    stores.up(store.name());
  }

  @Override
  public void down(StoreConnection store, Throwable cause) {
    stores.failed(store, cause);
  }

  @Override
  public @Nullable Work confirmed() {
    heartbeat.start();
    stores.up(Store.OUTPUT_STORE);
    return null;
  }

  @Override
  public void lost() {
    // another inbox is chosen when it is known whose the slot is now
  }

  @Override
  public void refused(RefusalException cause) {
    if (inbox != null && own != null) {
      stores.refused(inbox, this, own, cause);
    }
  }

  @Override
  public @Nullable Work message(String channel, Buffer json) {
    stores.message(channel, json);
    return null;
  }
}
