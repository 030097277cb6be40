package dev.serverevents.internal.redis.cluster;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.subscribe.Continuity;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The links over which a node of a cluster gets what is published on the others. A link keeps the
 * order; what is published while it is down is lost to the node, though PUBLISH succeeds. A link
 * that is made anew is another one, with a creation time of its own (CLUSTER LINKS, of Redis 7), so
 * as long as the links to the node that is listened to stay the same, nothing was missed. Used on
 * the verticle's context only.
 */
public final class BusLinks implements Continuity {

  /** Where the connections are. */
  public interface Owner {
    /** Pings by every master. */
    Future<Void> pingAll(long limitMs);

    /** Something may have been missed where all is subscribed. */
    void missed();

    /** A connection for commands to the node where all is subscribed; null while there is none. */
    @Nullable ReconnectingConnection listeningAt();
  }

  private final Owner owner;

  /** When each link to the node was made, by the node at its other end; null if not known. */
  private @Nullable Map<String, Long> known;

  /** Knows nothing yet. */
  public BusLinks(Owner owner) {
    this.owner = owner;
  }

  @Override
  public Future<Void> begin() {
    known = null;
    return ask(TimeUnit.SECONDS.toMillis(1))
        .onSuccess(links -> known = links)
        .transform(ignored -> Future.succeededFuture());
  }

  /** A ping by each master comes over the same links as all that was published there before. */
  @Override
  public Future<Void> prove(long limitMs) {
    return owner.pingAll(limitMs).compose(heard -> check(limitMs));
  }

  /**
   * Compares the links with those that were there.
   *
   * @return fails where that cannot be done, and where another link is there, so that something may
   *     have been missed
   */
  public Future<Void> check(long limitMs) {
    return ask(limitMs)
        .compose(
            links -> {
              var before = known;
              known = links;
              if (links.equals(before)) {
                return Future.succeededFuture();
              }
              owner.missed();
              return Future.failedFuture(
                  new UnavailableException(
                      Cause.REDIS_GAP, "links between the cluster's nodes were made anew"));
            });
  }

  private Future<Map<String, Long>> ask(long limitMs) {
    var node = owner.listeningAt();
    if (node == null) {
      return Future.failedFuture(new IOException("the node is not connected"));
    }
    return node.send(Request.cmd(Command.CLUSTER).arg("LINKS"))
        .timeout(limitMs, TimeUnit.MILLISECONDS)
        .map(BusLinks::read);
  }

  private static Map<String, Long> read(Response links) {
    var made = new HashMap<String, Long>();
    for (var link : links) {
      if (link.get("direction").toString().equals("from")) {
        made.put(link.get("node").toString(), link.get("create-time").toLong());
      }
    }
    return made;
  }
}
