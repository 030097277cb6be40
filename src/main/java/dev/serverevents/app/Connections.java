package dev.serverevents.app;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.settings.Setting;
import dev.serverevents.web.BrokenConnections;
import dev.serverevents.web.ClientAddress;
import dev.serverevents.web.ClosingConnections;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connections of the runnable server. There are so many at most, in total and from one address;
 * for a new one, the connection gives way that has had no request under way for longest, and where
 * all have one, the new one is closed. Of those without a request, what an address has too many of
 * is closed soon, and each new one that has had none for {@code http.requestTimeout}: no matter how
 * slowly the head of a request comes, there is none until it is there. Used on the server's event
 * loop alone.
 */
final class Connections implements PlatformHandler {

  private static final long SWEEP_MS = 1_000;

  /**
   * A younger one may have sent a request that is not there yet: where too many come at once, the
   * system drops packets, which are sent again after 1, 3 and 7 s (RFC 6298, 2 and 5.5).
   */
  private static final long YOUNG_NS = TimeUnit.SECONDS.toNanos(10);

  /**
   * For so long, in ms, one that has had a request is kept for the next; clients close theirs
   * earlier, Vert.x's own after 60 s, so that no request comes to one that is being closed.
   */
  static final long KEEP_ALIVE_MS = 90_000;

  /** One connection. */
  private static final class Open {
    private final HttpConnection connection;
    private final Client client;
    private int requests;
    private long idleSince;
    private boolean served;

    /** Whether it was found idle for too long, so that it is closed if it is the next time. */
    private boolean warned;

    private Open(HttpConnection connection, Client client) {
      this.connection = connection;
      this.client = client;
    }
  }

  /** The connections of one address. */
  private static final class Client {
    private final String address;
    private final Set<Open> idle = new LinkedHashSet<>();
    private int connections;

    private Client(String address) {
      this.address = address;
    }
  }

  private final Vertx vertx;
  private final ConnectionLimits limits;
  private final long timeoutNs;
  private final long keepAliveNs;
  private final ServerEventsMetrics metrics;
  private final Map<HttpConnection, Open> all = new HashMap<>();
  private final Map<String, Client> clients = new HashMap<>();

  /** Those without a request, the one that has had none for longest first. */
  private final Set<Open> idle = new LinkedHashSet<>();

  /**
   * Creates one; its timer ends with the verticle.
   *
   * @param requestTimeout for how long, in ms, a new connection may have no request
   */
  Connections(Vertx vertx, ConnectionLimits limits, long requestTimeout) {
    this.vertx = vertx;
    this.limits = limits;
    timeoutNs = TimeUnit.MILLISECONDS.toNanos(requestTimeout);
    keepAliveNs = TimeUnit.MILLISECONDS.toNanos(Math.max(requestTimeout, KEEP_ALIVE_MS));
    metrics = ServerEventsMetrics.of(vertx);
    vertx.setPeriodic(Math.min(SWEEP_MS, requestTimeout), timer -> sweep());
  }

  /** Takes a new connection, or closes it. */
  void accept(HttpConnection connection) {
    var address = ClientAddress.of(connection.remoteAddress());
    var client = clients.getOrDefault(address, new Client(address));
    if (all.size() >= limits.total() && !closeIdle(idle)) {
      refuse(connection, ServerSettings.CONNECTIONS);
    } else if (client.connections >= limits.perClient() && !closeIdle(client.idle)) {
      refuse(connection, ServerSettings.CONNECTIONS_PER_CLIENT);
    } else {
      add(new Open(connection, client));
    }
  }

  private void refuse(HttpConnection connection, Setting<?> limit) {
    metrics.refused(limit.path());
    connection.close();
  }

  private void add(Open open) {
    BrokenConnections.watch(open.connection);
    onClose(open.connection, () -> remove(open));
    all.put(open.connection, open);
    open.client.connections++;
    clients.put(open.client.address, open.client);
    isIdle(open);
  }

  /** Vert.x does not call the close handler of a connection that has become a WebSocket. */
  private static void onClose(HttpConnection connection, Runnable closed) {
    if (connection instanceof ConnectionBase base) {
      base.closeFuture().onComplete(over -> closed.run());
    } else {
      connection.closeHandler(over -> closed.run());
    }
  }

  private void remove(Open open) {
    if (all.remove(open.connection, open)) {
      isBusy(open);
      open.client.connections--;
      if (open.client.connections == 0) {
        clients.remove(open.client.address);
      }
    }
  }

  private void isIdle(Open open) {
    open.idleSince = System.nanoTime();
    open.warned = false;
    idle.add(open);
    open.client.idle.add(open);
  }

  private void isBusy(Open open) {
    idle.remove(open);
    open.client.idle.remove(open);
  }

  /** Closes the first of some, if there is one. */
  private boolean closeIdle(Set<Open> some) {
    var first = some.stream().findFirst();
    first.ifPresent(this::close);
    return first.isPresent();
  }

  private void close(Open open) {
    remove(open);
    ClosingConnections.closeNow(open.connection);
  }

  /** Notes that a connection has a request until it is answered, or for good if it is upgraded. */
  @Override
  public void handle(RoutingContext ctx) {
    var open = all.get(ctx.request().connection());
    if (open != null) {
      open.requests++;
      open.served = true;
      isBusy(open);
      ctx.addEndHandler(answered -> answered(open));
    }
    ctx.next();
  }

  private void answered(Open open) {
    open.requests--;
    if (open.requests == 0 && all.containsKey(open.connection)) {
      isIdle(open);
    }
  }

  /**
   * Closes what was too much already the last time. Since then all has been read that clients had
   * sent, however long the event loop was busy before.
   */
  private void sweep() {
    var found = new LinkedHashSet<>(expired());
    for (var client : clients.values()) {
      var tooMany = idleFor(YOUNG_NS, client.idle, client.idle.size() - limits.idlePerClient());
      tooMany.stream()
          .filter(open -> open.warned)
          .forEach(open -> metrics.refused(ServerSettings.IDLE_CONNECTIONS_PER_CLIENT.path()));
      found.addAll(tooMany);
    }
    var closing = found.stream().filter(open -> open.warned).toList();
    found.forEach(open -> open.warned = true);
    Turns.forEach(vertx.getOrCreateContext(), closing, this::closeIfIdle);
  }

  private List<Open> expired() {
    var now = System.nanoTime();
    return idle.stream()
        .filter(open -> now - open.idleSince >= (open.served ? keepAliveNs : timeoutNs))
        .toList();
  }

  /** The first of some, so many at most, that have been idle for so long. */
  private static List<Open> idleFor(long ns, Set<Open> some, long max) {
    var now = System.nanoTime();
    return some.stream()
        .limit(Math.max(0, max))
        .takeWhile(open -> now - open.idleSince >= ns)
        .toList();
  }

  private void closeIfIdle(Open open) {
    if (idle.contains(open)) {
      close(open);
    }
  }
}
