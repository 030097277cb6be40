package dev.serverevents.internal.memory;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.loop.Patience;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves that all that was published before has been received: a ping goes to the memory on the
 * connection that publishes, and comes back on the one that subscribes, behind all else. One proof
 * serves all who ask in one turn. Used on one context only.
 */
final class MemoryProofs {

  private final Clock clock;
  private final Context context;
  private final MemoryServer server;
  private final MemoryConnection input;
  private final MemorySubscriptions output;
  private final long limitMs;
  private final EndOfTurn endOfTurn;
  private final Set<Promise<Long>> underWay = new LinkedHashSet<>();
  private @Nullable Promise<Long> next;

  MemoryProofs(
      MemoryServer server,
      Context context,
      MemoryConnection input,
      MemorySubscriptions output,
      ServerEventsOptions options) {
    this.server = server;
    this.context = context;
    this.input = input;
    this.output = output;
    clock = server.clock();
    limitMs = options.getProbeTimeout() == 0 ? 0 : Patience.probeMs(options);
    endOfTurn = new EndOfTurn(context, this::begin);
  }

  /** Asks for a proof; completes with the epoch that it is about. */
  Future<Long> ask() {
    if (next == null) {
      next = Promise.promise();
      endOfTurn.schedule();
    }
    return next.future();
  }

  private void begin() {
    var asked = next;
    next = null;
    if (asked == null) {
      return;
    }
    var on = output.epoch();
    if (limitMs == 0) {
      asked.complete(on);
    } else if (!output.connection().isUp()) {
      asked.fail(new IOException("not connected all the time"));
    } else {
      prove(on, asked);
    }
  }

  private void prove(long on, Promise<Long> asked) {
    var limit =
        clock.setTimer(
            context,
            limitMs,
            id -> asked.tryFail(new IOException("no answer within %d ms".formatted(limitMs))));
    asked.future().onComplete(known -> clock.cancel(limit));
    underWay.add(asked);
    asked.future().onComplete(known -> underWay.remove(asked));
    input
        .send(
            () -> {
              output.behindAll(server.slow(), () -> heard(on, asked));
              return on;
            })
        .onFailure(asked::tryFail);
  }

  /** A connection is gone. */
  void disconnected() {
    List.copyOf(underWay)
        .forEach(asked -> asked.tryFail(new IOException("the connection is gone")));
  }

  private void heard(long on, Promise<Long> asked) {
    if (output.epoch() == on && output.connection().isUp()) {
      asked.tryComplete(on);
    } else {
      asked.tryFail(new IOException("not connected all the time"));
    }
  }
}
