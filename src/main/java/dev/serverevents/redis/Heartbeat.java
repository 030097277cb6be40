package dev.serverevents.redis;

import dev.serverevents.EventKey;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds connections that are silent without being closed: a ping is published on a connection that
 * publishes to an inbox of the verticle's own, and must be answered there and heard on the one that
 * subscribes. Nothing but SUBSCRIBE and UNSUBSCRIBE may be sent on a subscribed connection, so this
 * is its only proof of life. Where nothing is subscribed, the ping is the command PING. Used on the
 * verticle's context only.
 */
final class Heartbeat {

  private static final String PING = "$ping";

  private final RedisStores stores;
  private final Vertx vertx;
  private final StoreConnection input;
  private final @Nullable StoreConnection output;
  private final long intervalMs;

  /**
   * How long a ping may take. When both connections are dead the input store is found first, and
   * only its next connection can try the output store out: both within two intervals.
   */
  private final long patienceMs;

  private String serverId;
  private long periodic = -1;
  private long check = -1;
  private long sent;
  private long answered;
  private long heard;

  /** When both was last so, a {@link System#nanoTime()}; read by other threads. */
  private final AtomicLong last = new AtomicLong(System.nanoTime());

  /**
   * Creates one that does not beat yet.
   *
   * @param output the connection that hears the inbox, or null
   */
  Heartbeat(RedisStores stores, StoreConnection input, @Nullable StoreConnection output) {
    this.stores = stores;
    this.input = input;
    this.output = output;
    vertx = stores.vertx();
    serverId = stores.serverId();
    intervalMs = stores.options().getHeartbeat();
    patienceMs = intervalMs * 2 / 5;
  }

  /** Pings the inbox of another id of this server's from now on. */
  void use(String serverId) {
    this.serverId = serverId;
  }

  /** Begins, or begins anew: a ping goes out at once, and then at each interval. */
  void start() {
    stop();
    periodic = vertx.setPeriodic(intervalMs, timer -> ping());
    ping();
  }

  void stop() {
    vertx.cancelTimer(periodic);
    vertx.cancelTimer(check);
  }

  /** Takes a message of the inbox. */
  void message(Payload payload) {
    if (payload.key().equals(new EventKey(PING, serverId))
        && payload.args().list().stream().findFirst().orElse(null) instanceof Number nonce
        && nonce.longValue() == sent) {
      heard = sent;
      complete();
    }
  }

  /** When a ping was last answered and heard, a {@link System#nanoTime()}. */
  AtomicLong last() {
    return last;
  }

  private void complete() {
    if (answered == sent && (heard == sent || output == null)) {
      last.set(System.nanoTime());
    }
  }

  private void ping() {
    var connection = input.connection();
    if (connection == null) {
      return; // the next connection begins with a ping
    }
    var nonce = stores.nextNonce();
    sent = nonce;
    connection
        .send(output == null ? Request.cmd(Command.PING) : publish(nonce))
        .onComplete(
            reply -> {
              if (reply.succeeded()) {
                answered = Math.max(answered, nonce);
                complete();
              } else if (stores.redirect(reply.cause().getMessage()) != null && nonce == sent) {
                vertx.cancelTimer(check); // a cluster that cannot publish it proves nothing
              }
            });
    vertx.cancelTimer(check);
    check = vertx.setTimer(patienceMs, timer -> check(nonce));
  }

  private Request publish(long nonce) {
    return Request.cmd(PubSub.of(stores.redis()).publish())
        .arg(WireFormat.inbox(serverId))
        .arg(WireFormat.encode(PING, serverId, nonce));
  }

  private void check(long nonce) {
    var silent = new IOException("no heartbeat within %d ms".formatted(patienceMs));
    if (answered < nonce) {
      input.drop(silent);
    } else if (output != null && heard != nonce) {
      output.drop(silent);
    }
  }
}
