package dev.serverevents.redis;

import dev.serverevents.Store;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Redis server that is written to: the only one, or a master of a cluster. In a cluster with
 * sharded Pub/Sub it has an output store of its own, and tries both out with an inbox of its own;
 * elsewhere the output store and the inbox are those of the whole.
 */
final class Shard implements StoreConnection.Owner, Subscriptions.Listener {

  private final RedisStores stores;
  private final StoreConnection input;
  private final PublishLane lane;
  private final RetainedResults retained;

  /** Where its events are heard, or null; the one of its own, if it has one. */
  private final @Nullable OutputStore output;

  private final @Nullable OutputStore own;
  private final Heartbeat heartbeat;

  /** The inbox of its own, if it has one. */
  private @Nullable String inbox;

  /** When a slot was last said to be on its way here, a {@link System#nanoTime()}. */
  private @Nullable Long asked;

  private Shard(
      RedisStores stores, Target target, @Nullable OutputStore output, @Nullable OutputStore own) {
    this.stores = stores;
    this.output = output;
    this.own = own;
    var redis = stores.redis();
    input = new StoreConnection(stores.vertx(), Store.INPUT_STORE, redis, target, this);
    lane =
        new PublishLane(
            stores.vertx().getOrCreateContext(), stores.publisher(), redis.getReplicas());
    retained = new RetainedResults(stores);
    heartbeat = new Heartbeat(stores, input, output == null ? null : output.connection());
  }

  /** Creates one that is heard on an output store of others, or on none. */
  static Shard sharing(RedisStores stores, Target target, @Nullable OutputStore output) {
    return new Shard(stores, target, output, null);
  }

  /** Creates one with an output store of its own. */
  static Shard listening(RedisStores stores, Target target) {
    var own = new OutputStore(stores, target);
    return new Shard(stores, target, own, own);
  }

  /** Makes the first connections; fails if one cannot be made, which is tried again. */
  Future<Void> open() {
    return Future.join(input.open(), own == null ? Future.succeededFuture() : own.open())
        .mapEmpty();
  }

  /** Closes it for good; what it has not done yet is for others to do. */
  Future<Void> close() {
    heartbeat.stop();
    lane.close();
    retained.close();
    return Future.join(input.close(), own == null ? Future.succeededFuture() : own.close())
        .mapEmpty();
  }

  /** Gives all that it has not sent to whom it belongs to now. */
  void release() {
    lane.release().forEach(stores.publisher()::route);
    retained.release();
  }

  /** Unsubscribes the channels of a slot that is another's now, and tells who needs them. */
  Map<String, Subscriptions.Listener> releaseSlot(int slot) {
    return own == null ? Map.of() : own.subscriptions().release(slot);
  }

  StoreConnection input() {
    return input;
  }

  PublishLane lane() {
    return lane;
  }

  RetainedResults retained() {
    return retained;
  }

  /** Where its channels are subscribed, or null. */
  @Nullable OutputStore output() {
    return output;
  }

  Heartbeat heartbeat() {
    return heartbeat;
  }

  /** Whether its connections are up. */
  boolean isUp() {
    return input.isUp() && isOutputUp();
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
      while (!slots.owner(Slots.of(WireFormat.inbox(serverId(suffix)))).equals(url)) {
        suffix++;
      }
      heartbeat.use(serverId(suffix));
      inbox = WireFormat.inbox(serverId(suffix));
      own.subscriptions().subscribe(inbox, this);
    }
  }

  private String serverId(int suffix) {
    return stores.serverId() + "-" + suffix;
  }

  @Override
  public void up(StoreConnection store, RedisConnection connection, boolean again) {
    lane.connected(connection);
    retained.connected(connection);
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
    lane.disconnected();
    retained.disconnected();
    stores.failed(store, cause);
  }

  @Override
  public void confirmed() {
    heartbeat.start();
    stores.up(Store.OUTPUT_STORE);
  }

  @Override
  public void lost() {
    // another inbox is chosen when it is known whose the slot is now
  }

  @Override
  public void refused(Throwable cause) {
    if (inbox != null && own != null) {
      stores.refused(inbox, this, own, cause);
    }
  }

  @Override
  public void message(String channel, Buffer json) {
    stores.message(channel, json);
  }
}
