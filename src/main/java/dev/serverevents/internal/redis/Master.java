package dev.serverevents.internal.redis;

import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.journal.ConnectionReport;
import dev.serverevents.internal.redis.cluster.SlotMap;
import dev.serverevents.internal.redis.connection.Heartbeat;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Routes;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.publish.Dispatcher;
import dev.serverevents.internal.redis.publish.Publication;
import dev.serverevents.internal.redis.publish.PublishConnection;
import dev.serverevents.internal.redis.publish.PublishQueue;
import dev.serverevents.internal.redis.subscribe.SubscribeConnection;
import dev.serverevents.internal.settings.RedisUrl;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One Redis server that is written to, with its connections: the only one, or a master of a
 * cluster. In a cluster with sharded Pub/Sub its channels are subscribed on a connection of its
 * own; elsewhere, on one that all masters share. Used on the verticle's context only.
 */
final class Master implements Dispatcher.Server, LookUps.Server {

  private final Dispatcher dispatcher;
  private final PublishConnection plain;

  /** Publishes what replicas must have as well; null if they need not have it. */
  private final @Nullable PublishConnection replicated;

  private final LookUps lookUps;
  private final @Nullable ShardedSubscriptions own;

  /** Where its events are heard, or null if they are not. */
  private final @Nullable SubscribeConnection output;

  /** When a slot was last said to be on its way here, a {@link System#nanoTime()}. */
  private @Nullable Long asked;

  /**
   * Connects nothing yet.
   *
   * @param shared where its events are heard; null if they are heard on a connection of its own, or
   *     not at all
   */
  Master(
      Resources resources,
      Routes<Master> routes,
      Dispatcher dispatcher,
      PingInbox.Decoder decoder,
      Target target,
      @Nullable SubscribeConnection shared) {
    this.dispatcher = dispatcher;
    var hasOwn = shared == null && resources.options().isListen();
    own =
        hasOwn
            ? new ShardedSubscriptions(resources, routes, target, decoder, this::heartbeat)
            : null;
    output = own == null ? shared : own.connection();
    plain =
        PublishConnection.plain(
            resources,
            routes,
            dispatcher,
            target,
            output == null ? null : output.connection(),
            this::sendLookUps);
    replicated = PublishConnection.replicated(resources, routes, dispatcher, target);
    lookUps = new LookUps(resources, routes, plain.connection());
    if (own != null) {
      heartbeat().use(null); // there is no inbox yet
    }
  }

  private void sendLookUps() {
    lookUps.send();
  }

  /** Makes the first connections; fails if one cannot be made, which is tried again. */
  Future<Void> open() {
    var openings =
        Stream.concat(
            publishing().map(PublishConnection::open),
            Stream.ofNullable(own).map(subscriptions -> subscriptions.connection().open()));
    return Future.join(openings.toList()).mapEmpty();
  }

  /** Closes it for good; what it has not done yet is for others to do. */
  Future<Void> close() {
    lookUps.close();
    var closings =
        Stream.concat(
            publishing().map(PublishConnection::close),
            Stream.ofNullable(own).map(subscriptions -> subscriptions.connection().close()));
    return Future.join(closings.toList()).mapEmpty();
  }

  private Stream<PublishConnection> publishing() {
    return Stream.concat(Stream.of(plain), Stream.ofNullable(replicated));
  }

  /** The connections of this master alone. */
  Stream<ReconnectingConnection> connections() {
    return Stream.concat(
        publishing().map(PublishConnection::connection),
        Stream.ofNullable(own).map(subscriptions -> subscriptions.connection().connection()));
  }

  /** Tells of the connections of this master alone; gets how many slots the one at a URL serves. */
  void report(ToIntFunction<String> slots, Consumer<ConnectionReport> to) {
    var count = input().url() == null ? 0 : slots.applyAsInt(String.valueOf(input().url()));
    publishing()
        .forEach(each -> to.accept(report(each.connection(), ConnectionReport.PUBLISHER, count)));
    if (own != null) {
      to.accept(report(own.connection().connection(), ConnectionReport.SUBSCRIBER, count));
    }
  }

  /** A connection, as an overview has it: without user and password. */
  static ConnectionReport report(ReconnectingConnection connection, String role, int slots) {
    var url = connection.url();
    var node = url == null ? "" : RedisUrl.of(url).hostAndPort();
    return new ConnectionReport(node, role, connection.isUp(), slots);
  }

  /** The connection that publishes, and answers commands. */
  ReconnectingConnection input() {
    return plain.connection();
  }

  @Override
  public boolean isInputUp() {
    return input().isUp();
  }

  @Override
  public void publish(Publication publication) {
    (replicated != null && publication.leavesKey() ? replicated : plain).queue().add(publication);
  }

  @Override
  public void purge() {
    publishing().map(PublishConnection::queue).forEach(PublishQueue::purge);
  }

  /** Gives all that it has not sent to the masters that it belongs to now. */
  void release() {
    publishing().forEach(from -> from.queue().release().forEach(dispatcher::route));
    lookUps.release();
  }

  @Override
  public LookUps lookUps() {
    return lookUps;
  }

  /** Where its channels are subscribed, or null. */
  @Nullable SubscribeConnection output() {
    return output;
  }

  /** What tries its connections out. */
  Heartbeat heartbeat() {
    return plain.heartbeat();
  }

  /** Whether its connections are up. */
  boolean isUp() {
    return isInputUp() && isOutputUp();
  }

  private boolean isOutputUp() {
    return output == null || output.connection().isUp();
  }

  /** Whether all that is emitted can be published, as far as is known. */
  boolean isPublishing() {
    return heartbeat().refusal() == null && publishing().allMatch(each -> each.connection().isUp());
  }

  /** Whether where its events are heard is up, and hears its own inbox, as far as it has these. */
  boolean hears() {
    return isOutputUp() && (own == null || own.hears());
  }

  /** Unsubscribes the channels of a slot that another master has now; returns who needs them. */
  Map<String, ChannelListener> releaseSlot(int slot) {
    return own == null ? Map.of() : own.release(slot);
  }

  /** Sees to it that its own inbox, if it needs one, is in a slot of its own, if it has any. */
  void chooseInbox(SlotMap slots, String url) {
    if (own != null) {
      own.chooseInbox(slots, url);
    }
  }

  /** A slot is said to be on its way here. */
  void asked() {
    asked = System.nanoTime();
  }

  /** Whether one was said to be in the last {@code ns}. */
  boolean wasAsked(long ns) {
    return asked != null && System.nanoTime() - asked < ns;
  }
}
