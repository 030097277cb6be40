package dev.serverevents.redis;

import dev.serverevents.EventKey;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds connections that are silent without being closed: a ping is published on the input store to
 * the verticle's own inbox, and must be answered there and heard on the output store. Nothing but
 * SUBSCRIBE and UNSUBSCRIBE may be sent on a subscribed connection, so this is its only proof of
 * life. Where nothing is subscribed, the ping is the command PING. Used on the verticle's context
 * only.
 */
final class Heartbeat {

  private static final String PING = "$ping";

  private final Vertx vertx;
  private final String serverId;
  private final StoreConnection input;
  private final StoreConnection output;
  private final boolean listens;
  private final long intervalMs;

  /**
   * How long a ping may take. When both connections are dead the input store is found first, and
   * only its next connection can try the output store out: both within two intervals.
   */
  private final long patienceMs;

  private long periodic = -1;
  private long check = -1;
  private long sent;
  private long answered;
  private long heard;

  /** When both was last so, a {@link System#nanoTime()}; read by other threads. */
  private final AtomicLong last = new AtomicLong(System.nanoTime());

  Heartbeat(
      Vertx vertx,
      String serverId,
      StoreConnection input,
      StoreConnection output,
      ServerEventsOptions options) {
    this.vertx = vertx;
    this.serverId = serverId;
    this.input = input;
    this.output = output;
    listens = options.isListen();
    intervalMs = options.getHeartbeat();
    patienceMs = intervalMs * 2 / 5;
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
        && payload.args().list().stream().findFirst().orElse(null) instanceof Number nonce) {
      heard = Math.max(heard, nonce.longValue());
      complete();
    }
  }

  /** When a ping was last answered and heard, a {@link System#nanoTime()}. */
  AtomicLong last() {
    return last;
  }

  private void complete() {
    if (answered == sent && (heard == sent || !listens)) {
      last.set(System.nanoTime());
    }
  }

  private void ping() {
    var connection = input.connection();
    if (connection == null) {
      return; // the next connection begins with a ping
    }
    var nonce = ++sent;
    connection
        .send(listens ? publish(nonce) : Request.cmd(Command.PING))
        .onSuccess(
            receivers -> {
              answered = Math.max(answered, nonce);
              complete();
            });
    vertx.cancelTimer(check);
    check = vertx.setTimer(patienceMs, timer -> check(nonce));
  }

  private Request publish(long nonce) {
    return Request.cmd(Command.PUBLISH)
        .arg(WireFormat.inbox(serverId))
        .arg(WireFormat.encode(PING, serverId, nonce));
  }

  private void check(long nonce) {
    var silent = new IOException("no heartbeat within %d ms".formatted(patienceMs));
    if (answered < nonce) {
      input.drop(silent);
    } else if (listens && heard < nonce) {
      output.drop(silent);
    }
  }
}
