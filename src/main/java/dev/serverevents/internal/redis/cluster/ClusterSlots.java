package dev.serverevents.internal.redis.cluster;

import dev.serverevents.Cause;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.redis.connection.ClientOptions;
import dev.serverevents.internal.redis.connection.ConnectionRole;
import dev.serverevents.internal.redis.connection.Endpoints;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows who serves which slot of a Redis Cluster: it asks nodes, at each heartbeat and whenever
 * something has failed. A slot leaves its master when that says so, or is away. Used on the
 * verticle's context only.
 */
public final class ClusterSlots {

  /** The one that has the connections. */
  public interface Owner {
    /** Some slots, if any, are served by others than before; {@code changes} has who did. */
    void follow(SlotMap now, Map<Integer, String> changes);

    /** Nodes that can be asked at once, each by its URL. */
    List<Node> nodes();
  }

  /** A node with a connection to it. */
  public record Node(String url, ReconnectingConnection connection) {}

  private static final Logger LOG = LoggerFactory.getLogger(ClusterSlots.class);

  private static final List<Request> QUESTION =
      List.of(Request.cmd(Command.CLUSTER).arg("INFO"), Request.cmd(Command.CLUSTER).arg("SLOTS"));

  /** So long a master may take to claim a slot that is said to be another's, in ms. */
  private static final long CLAIM_MS = 500;

  private final Vertx vertx;
  private final RedisServerOptions redis;
  private final Owner owner;
  private final Endpoints endpoints;
  private @Nullable SlotMap slots;
  private @Nullable SlotShards shards;
  private long periodic = -1;
  private long timer = -1;
  private int asked;

  /** The URL of the last node that was said to serve a slot, and not asked since; or null. */
  private @Nullable String informed;

  private boolean closed;

  /** Asks no node yet. */
  public ClusterSlots(Resources resources, Owner owner) {
    vertx = resources.vertx();
    redis = resources.redis();
    this.owner = owner;
    var options = new ClientOptions(resources, ConnectionRole.WATCH);
    endpoints = new Endpoints(vertx, redis.getEndpoints(), options::of);
  }

  /** Asks who serves the slots, and asks again at each interval until {@link #close}. */
  public Future<Void> open(long intervalMs) {
    periodic = vertx.setPeriodic(intervalMs, id -> refresh());
    return askAnyone()
        .<Void>map(
            found -> {
              adopt(found);
              return null;
            })
        .recover(
            cause ->
                Future.failedFuture(
                    new UnavailableException(
                        Cause.REDIS_AWAY,
                        "No node of redis.endpoints tells who serves the cluster's slots: "
                            + cause.getMessage(),
                        cause)));
  }

  public void close() {
    closed = true;
    vertx.cancelTimer(periodic);
    vertx.cancelTimer(timer);
  }

  /** How many slots a master serves, by its URL. */
  public int count(String url) {
    return slots == null ? 0 : slots.count(url);
  }

  /** The master that serves a slot. */
  public String owner(int slot) {
    return map().owner(slot);
  }

  /**
   * Those of some masters that serve slots, as shards: the same object as long as none of it has
   * changed. Where none serves any, all channels are in one.
   */
  public Shards shards(List<String> urls) {
    var now = slots;
    var owners = now == null ? List.<String>of() : urls.stream().filter(now::isOwner).toList();
    if (now == null || owners.isEmpty()) {
      return Shards.ONE;
    }
    if (shards == null
        || !shards.masters().equals(owners)
        || !now.changesSince(shards.slots()).isEmpty()) {
      shards = new SlotShards(now, owners);
    }
    return shards;
  }

  /** Believes what an error tells of a slot. */
  public void learn(ErrorReply error) {
    if (error.kind() == ErrorReply.Kind.REFUSED || closed) {
      return;
    }
    if (error.kind() == ErrorReply.Kind.MOVED && !url(error).equals(owner(error.slot()))) {
      var before = owner(error.slot());
      informed = url(error);
      slots = map().with(error.slot(), url(error));
      owner.follow(slots, Map.of(error.slot(), before));
    }
    refreshSoon();
  }

  /** Where a redirection leads. */
  public String url(ErrorReply redirection) {
    return SlotMap.url(redis, owner(redirection.slot()), redirection.host(), redirection.port());
  }

  /** Asks in a moment, and once only, however often this is called until then. */
  public void refreshSoon() {
    if (timer < 0 && !closed) {
      timer = vertx.setTimer(Resources.MOMENT_MS, id -> refresh());
    }
  }

  private void refresh() {
    vertx.cancelTimer(timer);
    timer = -1;
    if (slots == null) {
      return; // it is still being opened
    }
    var nodes = owner.nodes();
    var isFresh = nodes.isEmpty();
    (isFresh ? askAnyone() : ask(choose(nodes)))
        .compose(found -> withClaims(found, nodes))
        .onSuccess(
            found -> {
              if (!closed && (isFresh || found.epoch() >= map().epoch())) {
                adopt(found);
              }
            })
        .onFailure(cause -> LOG.debug("A node does not tell who serves which slot", cause));
  }

  /**
   * Leaves those slots to their masters that these still claim. While a slot is moved, its new
   * master knows of it before the old one, which takes what is published meanwhile: a verticle that
   * had left the old one by then would miss that. A master that does not answer, or is cut from the
   * others, has no say.
   */
  private Future<SlotMap> withClaims(SlotMap found, List<Node> nodes) {
    var losing = found.changesSince(map()).values();
    var merged = Future.succeededFuture(found);
    for (var node : nodes) {
      if (losing.contains(node.url)) {
        merged = merged.compose(known -> withClaimsOf(node, known));
      }
    }
    return merged;
  }

  private Future<SlotMap> withClaimsOf(Node node, SlotMap found) {
    return ask(node, CLAIM_MS)
        .map(own -> own.isServing() ? found.withClaims(node.url, own, map()) : found)
        .otherwise(found);
  }

  /** Another node each time, for one may know less than others; first who has got a slot. */
  private Node choose(List<Node> nodes) {
    var knows = informed;
    informed = null;
    return nodes.stream()
        .filter(node -> node.url.equals(knows))
        .findFirst()
        .orElseGet(() -> nodes.get(Math.floorMod(asked++, nodes.size())));
  }

  private void adopt(SlotMap found) {
    var changes = slots == null ? Map.<Integer, String>of() : found.changesSince(slots);
    slots = found;
    owner.follow(found, changes);
  }

  private SlotMap map() {
    return Objects.requireNonNull(slots, "nothing is routed before it is open");
  }

  private Future<SlotMap> askAnyone() {
    return endpoints
        .ask((url, connection) -> connection.batch(QUESTION).map(answers -> read(url, answers)))
        .onSuccess(found -> endpoints.know(found.owners()));
  }

  private Future<SlotMap> ask(Node node) {
    return ask(node, Endpoints.PATIENCE_MS);
  }

  private Future<SlotMap> ask(Node node, long ms) {
    return node.connection
        .batch(QUESTION)
        .map(answers -> read(node.url, answers))
        .timeout(ms, TimeUnit.MILLISECONDS);
  }

  private SlotMap read(String url, List<Response> answers) {
    return SlotMap.of(redis, url, answers.get(0).toString(), answers.get(1));
  }
}
