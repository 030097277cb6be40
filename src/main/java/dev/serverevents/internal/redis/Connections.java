package dev.serverevents.internal.redis;

import dev.serverevents.internal.journal.ConnectionReport;
import dev.serverevents.internal.redis.cluster.BusLinks;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.MasterWatch;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.subscribe.SubscribeConnection;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a verticle: those of each master, and the one on which all channels are
 * subscribed, unless each master has one. Used on the verticle's context only.
 */
final class Connections implements MasterWatch.Owner, BusLinks.Owner {

  private final Resources resources;
  private final PingInbox.Decoder decoder;

  /** The masters by URL. */
  private final Map<String, Master> masters = new LinkedHashMap<>();

  private @Nullable SubscribeConnection shared;

  /** The inbox on the shared connection. */
  private @Nullable PingInbox inbox;

  /** Whether a master that is added is connected at once. */
  private boolean connecting;

  Connections(Resources resources, PingInbox.Decoder decoder) {
    this.resources = resources;
    this.decoder = decoder;
  }

  /** Has all channels subscribed on one connection, and the pings of all masters heard there. */
  void share(SubscribeConnection connection) {
    shared = connection;
    inbox =
        new PingInbox(
            WireNames.inbox(resources.serverId()),
            resources,
            connection,
            decoder,
            () -> masters().stream().map(Master::heartbeat));
  }

  /** The connection on which all channels are subscribed, or null. */
  @Nullable SubscribeConnection shared() {
    return shared;
  }

  /** All masters. */
  Collection<Master> masters() {
    return masters.values();
  }

  /** All masters by URL, as they are now. */
  Map<String, Master> byUrl() {
    return new LinkedHashMap<>(masters);
  }

  /** A master that is there. */
  Master master(String url) {
    return Objects.requireNonNull(masters.get(url), "every owner of a slot is a master");
  }

  boolean has(String url) {
    return masters.containsKey(url);
  }

  void add(String url, Master master) {
    masters.put(url, master);
    if (connecting) {
      master.open();
    }
  }

  void remove(String url) {
    var removed = masters.remove(url);
    if (removed != null) {
      removed.close();
    }
  }

  /** Makes the first connections; fails if one cannot be made, which is tried again. */
  Future<Void> open() {
    if (inbox != null) {
      inbox.subscribe();
    }
    connecting = true;
    return Future.join(masters().stream().map(Master::open).toList())
        .eventually(this::openShared)
        .mapEmpty();
  }

  private Future<Void> openShared() {
    return shared == null || masters().stream().noneMatch(Master::isInputUp)
        ? Future.succeededFuture()
        : shared.open();
  }

  /** Closes all for good. */
  Future<Void> close() {
    connecting = false;
    var closings =
        Stream.concat(
            masters().stream().map(Master::close),
            Stream.ofNullable(shared).map(SubscribeConnection::close));
    return Future.join(closings.toList()).mapEmpty();
  }

  /** The URLs of the masters that are up and hear. */
  List<String> hearing() {
    return masters.entrySet().stream()
        .filter(master -> master.getValue().isUp() && master.getValue().hears())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether a master can be used. */
  boolean isAnyUp() {
    return masters().stream().anyMatch(Master::isUp);
  }

  /** Whether a master can be used, and those that are up are heard. */
  boolean isUsable() {
    return isAnyUp()
        && masters().stream().filter(Master::isUp).allMatch(Master::hears)
        && (shared == null || !shared.connection().isUp() || hearsInbox());
  }

  /** Whether all that is emitted can be published, as far as is known. */
  boolean isPublishing() {
    return masters().stream().allMatch(Master::isPublishing);
  }

  /** Whether all connections that subscribe are up and hear. */
  boolean isListening() {
    return masters().stream().allMatch(Master::hears) && hearsInbox();
  }

  private boolean hearsInbox() {
    return inbox == null || inbox.isHeard();
  }

  /** The code of the error by which Redis refuses heartbeats, or null. */
  @Nullable String refusal() {
    return masters().stream()
        .flatMap(master -> Stream.ofNullable(master.heartbeat().refusal()))
        .map(ErrorReply::code)
        .findFirst()
        .orElse(null);
  }

  /** When heartbeats last went both ways, each a {@link System#nanoTime()} that any may read. */
  List<LongSupplier> lastHeartbeats() {
    return masters().stream()
        .map(master -> master.heartbeat().last())
        .<LongSupplier>map(last -> last::get)
        .toList();
  }

  /** All connections, as an overview has them; gets how many slots the master at a URL serves. */
  List<ConnectionReport> report(ToIntFunction<String> slots) {
    var reports = new ArrayList<ConnectionReport>();
    masters().forEach(master -> master.report(slots, reports::add));
    if (shared != null) {
      reports.add(Master.report(shared.connection(), ConnectionReport.SUBSCRIBER, 0));
    }
    return reports;
  }

  @Override
  public Future<Void> pingAll(long limitMs) {
    return Future.all(masters().stream().map(master -> master.heartbeat().ping(limitMs)).toList())
        .mapEmpty();
  }

  @Override
  public void missed() {
    if (shared != null) {
      shared.missed();
    }
  }

  @Override
  public @Nullable ReconnectingConnection listening() {
    return shared == null ? null : shared.connection();
  }

  @Override
  public @Nullable ReconnectingConnection listeningAt() {
    var master = shared == null ? null : masters.get(String.valueOf(shared.connection().url()));
    return master == null ? null : master.input();
  }

  @Override
  public Stream<ReconnectingConnection> connections() {
    return Stream.concat(
        masters().stream().flatMap(Master::connections),
        Stream.ofNullable(shared).map(SubscribeConnection::connection));
  }
}
