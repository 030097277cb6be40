package dev.serverevents.internal.redis;

import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.MasterFinder;
import dev.serverevents.internal.redis.connection.MasterWatch;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Target;
import dev.serverevents.internal.redis.subscribe.SubscribeConnection;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntSupplier;

/** One master serves everything: the only server, or the one that the Sentinels name. */
final class OneMaster implements Topology {

  /** What the master is known by, wherever it is. */
  private static final String NAME = "";

  private final Resources resources;
  private final Connections connections;
  private final MasterFinder finder;
  private final MasterWatch watch;
  private final Function<Target, Master> masters;

  /** Connects nothing yet; {@code masters} makes a master at a target. */
  OneMaster(Resources resources, Connections connections, Function<Target, Master> masters) {
    this.resources = resources;
    this.connections = connections;
    this.masters = masters;
    finder = new MasterFinder(resources);
    watch = new MasterWatch(resources.vertx(), connections, finder);
  }

  @Override
  public Future<Void> start() {
    if (resources.options().isListen()) {
      connections.share(
          new SubscribeConnection(resources, this, finder.target(), connections::pingAll));
    }
    connections.add(NAME, masters.apply(finder.target()));
    watch.start(resources.options().getHeartbeat());
    return Future.succeededFuture();
  }

  @Override
  public void stop() {
    watch.stop();
  }

  @Override
  public void check() {
    // the next connection goes to the server that is the master then
  }

  @Override
  public int slots(String url) {
    return 0;
  }

  @Override
  public Shards shards() {
    return Shards.ONE;
  }

  @Override
  public SubscribeConnection output(String channel) {
    return Objects.requireNonNull(connections.shared(), "it only emits");
  }

  @Override
  public Master master(IntSupplier slot) {
    return connections.master(NAME);
  }

  @Override
  public Collection<Master> masters() {
    return connections.masters();
  }

  @Override
  public Master askedFor(ErrorReply ask) {
    return connections.master(NAME);
  }

  @Override
  public void learn(ErrorReply error) {
    // there are no slots
  }

  @Override
  public void learn(ErrorReply error, ReconnectingConnection from) {
    if (error.kind() == ErrorReply.Kind.READ_ONLY && from.isUp()) {
      watch.leave(null);
    }
  }
}
