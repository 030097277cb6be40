package dev.serverevents.internal.redis.connection;

import dev.serverevents.internal.loop.Patience;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tries out two connections, end to end: a ping is published on the one that publishes, to an inbox
 * of the verticle's own, and must be heard on the one that subscribes. Nothing but SUBSCRIBE and
 * UNSUBSCRIBE may be sent on a subscribed connection, so this is its only proof of life. Where
 * nothing is subscribed, the ping is the command PING.
 *
 * <p>A ping at each interval finds connections that are silent without being closed. And since
 * Redis keeps the order of what it sends, a ping that was heard proves that all that this server
 * published before has been received. Used on the verticle's context only.
 */
public final class Heartbeat {

  private static final String PING = "$ping";

  private final Resources resources;
  private final Context context;
  private final Redirects redirects;
  private final ReconnectingConnection input;
  private final @Nullable ReconnectingConnection output;
  private final long intervalMs;

  /**
   * How long a ping may take. When both connections are dead the one that publishes is found first,
   * and only the next one can try the other out.
   */
  private final long patienceMs;

  /** The id that names the inbox; null while there is none. */
  private @Nullable String serverId;

  private long periodic = -1;
  private @Nullable Patience patience;

  /** The pings that are on their way, by their nonces. */
  private final Map<Long, Promise<Void>> pings = new HashMap<>();

  /** Why Redis did not publish the last ping, or null if it did. */
  private @Nullable ErrorReply refusal;

  /** When a ping was last heard, a {@link System#nanoTime()}; read by other threads. */
  private final AtomicLong last = new AtomicLong(System.nanoTime());

  /**
   * Creates one that does not beat yet.
   *
   * @param output the connection that hears the inbox, or null
   * @param slackMs how long an answer may take longer than usual, in ms
   */
  public Heartbeat(
      Resources resources,
      Redirects redirects,
      ReconnectingConnection input,
      @Nullable ReconnectingConnection output,
      long slackMs) {
    this.resources = resources;
    this.redirects = redirects;
    this.input = input;
    this.output = output;
    context = resources.context();
    serverId = resources.serverId();
    intervalMs = resources.options().getHeartbeat();
    patienceMs = Patience.heartbeatMs(resources.options()) + slackMs;
  }

  /** Pings the inbox of another id of this server's from now on, or none where it is null. */
  public void use(@Nullable String serverId) {
    this.serverId = serverId;
  }

  /**
   * Begins, or begins anew, if there is an inbox: a ping goes out at once, and then at each
   * interval.
   */
  public void start() {
    stop();
    if (serverId == null) {
      return;
    }
    periodic = context.owner().setPeriodic(intervalMs, timer -> beat());
    beat();
  }

  /** Stops pinging, until the next {@link #start}. */
  public void stop() {
    context.owner().cancelTimer(periodic);
    if (patience != null) {
      patience.cancel();
    }
    List.copyOf(pings.values()).forEach(ping -> ping.tryFail("the connection is gone"));
  }

  /** When a ping was last heard, a {@link System#nanoTime()}. */
  public AtomicLong last() {
    return last;
  }

  /** Why Redis does not publish pings, or null if it does. */
  public @Nullable ErrorReply refusal() {
    return refusal;
  }

  /**
   * Sends a ping.
   *
   * @param limitMs how long it may take, in ms
   * @return completes when it was heard: what Redis published before has been received
   */
  public Future<Void> ping(long limitMs) {
    if (serverId == null) {
      return Future.failedFuture(new IOException("there is no inbox to ping"));
    }
    var nonce = resources.nextNonce();
    var heard = Promise.<Void>promise();
    pings.put(nonce, heard);
    var limit =
        Patience.of(
            context,
            limitMs,
            () -> heard.tryFail(new IOException("no answer within %d ms".formatted(limitMs))));
    heard
        .future()
        .onComplete(
            ended -> {
              limit.cancel();
              pings.remove(nonce);
            });
    input
        .send(output == null ? Request.cmd(Command.PING) : publish(serverId, nonce))
        .onSuccess(reply -> answered(heard))
        .onFailure(cause -> failed(heard, cause));
    return heard.future();
  }

  private Request publish(String serverId, long nonce) {
    return Request.cmd(resources.pubsub().publish())
        .arg(WireNames.inbox(serverId))
        .arg(WireFormat.encode(PING, serverId, nonce));
  }

  private void answered(Promise<Void> ping) {
    refused(null);
    if (output == null) {
      heard(ping);
    }
  }

  private void failed(Promise<Void> ping, Throwable cause) {
    if (cause instanceof ErrorReply error) {
      redirects.learn(error, input);
      refused(error);
    }
    ping.tryFail(cause);
  }

  private void refused(@Nullable ErrorReply error) {
    var before = refusal;
    refusal = error;
    if ((before == null) != (error == null)) {
      resources.listener().heartbeatRefused(error);
    }
  }

  /** Takes a message of the inbox. */
  public void message(Payload payload) {
    if (serverId != null
        && payload.key().equals(new EventKey(PING, serverId))
        && payload.args().list().stream().findFirst().orElse(null) instanceof Number nonce) {
      var ping = pings.get(nonce.longValue());
      if (ping != null) {
        heard(ping);
      }
    }
  }

  private void heard(Promise<Void> ping) {
    last.set(System.nanoTime());
    input.proved();
    if (output != null) {
      output.proved();
    }
    ping.tryComplete();
  }

  private void beat() {
    if (!input.isUp()) {
      return; // the next connection begins with a ping
    }
    var inputBefore = input.traffic();
    var outputBefore = output == null ? 0 : output.traffic();
    var ping = ping(2 * patienceMs);
    if (patience != null) {
      patience.cancel();
    }
    patience =
        Patience.of(
            context,
            patienceMs,
            () -> {
              if (!ping.succeeded()) {
                check(inputBefore, outputBefore);
              }
            });
  }

  /** Gives a connection up that has brought nothing since a ping was sent. */
  private void check(long inputBefore, long outputBefore) {
    var silent = new IOException("no heartbeat within %d ms".formatted(patienceMs));
    if (input.traffic() == inputBefore) {
      input.drop(silent);
    } else if (output != null && refusal == null && output.traffic() == outputBefore) {
      output.drop(silent);
    }
  }
}
