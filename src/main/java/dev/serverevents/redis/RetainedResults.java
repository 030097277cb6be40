package dev.serverevents.redis;

import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks up events that were kept, on one connection; while Redis is away, a look-up waits. Used on
 * the verticle's context only.
 */
final class RetainedResults {

  /** Look-ups that may await their answers: each answer may be as large as a payload. */
  private static final int WINDOW = 64;

  private final Routes routes;
  private final Deque<LookUp> queue = new ArrayDeque<>();
  private int inFlight;
  private @Nullable RedisConnection connection;
  private boolean closed;

  private static final class LookUp {
    final String key;
    final Promise<Optional<Buffer>> found = Promise.promise();
    boolean asking;
    int redirects;

    LookUp(String channel) {
      key = WireFormat.retainedKey(channel);
    }

    Future<Response> send(RedisConnection connection) {
      if (asking) {
        connection.send(Request.cmd(Command.ASKING));
      }
      return connection.send(Request.cmd(Command.GET).arg(key));
    }
  }

  RetainedResults(Routes routes) {
    this.routes = routes;
  }

  /** See {@link RedisStores#lookUp}. */
  static Future<Optional<Buffer>> lookUp(Routes routes, String channel) {
    var lookUp = new LookUp(channel);
    route(routes, lookUp);
    return lookUp.found.future();
  }

  private static void route(Routes routes, LookUp lookUp) {
    lookUp.asking = false;
    routes.shard(() -> Slots.of(lookUp.key)).retained().add(lookUp);
  }

  private void add(LookUp lookUp) {
    queue.add(lookUp);
    send();
  }

  void connected(RedisConnection connection) {
    this.connection = connection;
    send();
  }

  void disconnected() {
    connection = null;
  }

  /** Gives all that wait to whom they belong to now. */
  void release() {
    var left = List.copyOf(queue);
    queue.clear();
    left.forEach(lookUp -> route(routes, lookUp));
  }

  /** Looks nothing up any more: what is unanswered, now or later, is for others. */
  void close() {
    closed = true;
    connection = null;
    release();
  }

  private void send() {
    var current = connection;
    while (current != null && current == connection && inFlight < WINDOW && !queue.isEmpty()) {
      var lookUp = queue.remove();
      inFlight++;
      lookUp
          .send(current)
          .onComplete(
              reply -> {
                inFlight--;
                if (reply.succeeded()) {
                  lookUp.found.complete(
                      Optional.ofNullable(reply.result()).map(Response::toBuffer));
                } else {
                  failed(lookUp, current, reply.cause());
                }
                send();
              });
    }
  }

  private void failed(LookUp lookUp, RedisConnection used, Throwable cause) {
    var redirect = routes.redirect(cause.getMessage());
    if (redirect != null) {
      redirected(lookUp, redirect);
    } else if (StoreConnection.isAnswer(cause)) {
      lookUp.found.fail(
          new UnavailableException(
              "Redis refuses to look up a retained result: " + cause.getMessage(), cause));
    } else if (closed) {
      route(routes, lookUp);
    } else {
      if (used == connection) {
        connection = null; // its end is about to be told
      }
      queue.add(lookUp);
    }
  }

  private void redirected(LookUp lookUp, Redirect redirect) {
    if (++lookUp.redirects % Routes.MAX_REDIRECTS == 0 || redirect.kind() == Redirect.Kind.LATER) {
      routes.later(() -> route(routes, lookUp));
    } else if (redirect.kind() == Redirect.Kind.ASK) {
      lookUp.asking = true;
      routes.asked(redirect).retained().add(lookUp);
    } else {
      route(routes, lookUp);
    }
  }
}
