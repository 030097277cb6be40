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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks up events that were kept; while Redis is away, a look-up waits. Used on the verticle's
 * context only.
 */
public final class RetainedResults {

  /** Look-ups that may await their answers: each answer may be as large as a payload. */
  private static final int WINDOW = 64;

  private final Deque<LookUp> queue = new ArrayDeque<>();
  private int inFlight;
  private @Nullable RedisConnection connection;

  private record LookUp(String channel, Promise<Optional<Buffer>> found) {}

  /**
   * Looks up the payload that is kept for a channel.
   *
   * @return it, or none; fails with {@link UnavailableException} if Redis refuses to tell
   */
  public Future<Optional<Buffer>> lookUp(String channel) {
    var lookUp = new LookUp(channel, Promise.promise());
    queue.add(lookUp);
    send();
    return lookUp.found.future();
  }

  void connected(RedisConnection connection) {
    this.connection = connection;
    send();
  }

  void disconnected() {
    connection = null;
  }

  private void send() {
    var current = connection;
    while (current != null && current == connection && inFlight < WINDOW && !queue.isEmpty()) {
      var lookUp = queue.remove();
      inFlight++;
      current
          .send(Request.cmd(Command.GET).arg(WireFormat.retainedKey(lookUp.channel)))
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
    if (StoreConnection.isAnswer(cause)) {
      lookUp.found.fail(
          new UnavailableException(
              "Redis refuses to look up a retained result: " + cause.getMessage(), cause));
      return;
    }
    if (used == connection) {
      connection = null; // its end is about to be told
    }
    queue.add(lookUp);
  }
}
