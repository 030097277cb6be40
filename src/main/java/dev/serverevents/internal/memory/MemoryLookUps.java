package dev.serverevents.internal.memory;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The look-ups of what is kept; while there is no connection they wait. Used on one context. */
final class MemoryLookUps {

  private record LookUp(String key, BooleanSupplier wanted, Promise<Keys.@Nullable Value> found) {}

  private final MemoryServer server;
  private final MemoryConnection connection;
  private final Deque<LookUp> queue = new ArrayDeque<>();

  MemoryLookUps(MemoryServer server, MemoryConnection connection) {
    this.server = server;
    this.connection = connection;
  }

  Future<Keys.@Nullable Value> lookUp(EventKey key, BooleanSupplier wanted) {
    var lookUp = new LookUp(WireNames.retainedKey(key), wanted, Promise.promise());
    queue.add(lookUp);
    send();
    return lookUp.found.future();
  }

  /** Sends what is queued, if that is possible now. */
  void send() {
    while (connection.isUp() && !queue.isEmpty()) {
      var lookUp = queue.remove();
      if (lookUp.wanted.getAsBoolean()) {
        connection
            .send(() -> server.keys().get(lookUp.key))
            .onSuccess(lookUp.found::complete)
            .onFailure(cause -> failed(lookUp, cause));
      } else {
        lookUp.found.complete(null);
      }
    }
  }

  private void failed(LookUp lookUp, Throwable cause) {
    if (cause instanceof RefusalException refusal) {
      lookUp.found.fail(
          new UnavailableException(
              Cause.REDIS_REFUSED,
              "Redis refuses to look up a retained result: " + refusal.getMessage(),
              refusal));
    } else {
      queue.add(lookUp);
      send();
    }
  }
}
