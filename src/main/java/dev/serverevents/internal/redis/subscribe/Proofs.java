package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Proves that all that Redis published before has been received. One proof serves all who ask in
 * one turn, and those who ask while it is under way share the next one.
 */
final class Proofs {

  private final Resources resources;
  private final Continuity continuity;
  private final ReconnectingConnection connection;
  private final LongSupplier epoch;
  private final EndOfTurn endOfTurn;
  private boolean isUnderWay;

  /** The proof that begins when the one that is under way has ended; null if nobody needs it. */
  private @Nullable Promise<Long> next;

  /**
   * Proves nothing yet.
   *
   * @param epoch the number of the time since when nothing can have been missed
   */
  Proofs(
      Resources resources,
      Continuity continuity,
      ReconnectingConnection connection,
      LongSupplier epoch) {
    this.connection = connection;
    this.resources = resources;
    this.continuity = continuity;
    this.epoch = epoch;
    endOfTurn = new EndOfTurn(resources.context(), this::begin);
  }

  /**
   * Asks for a proof.
   *
   * @return completes with the epoch that it is about; fails if there is none in time
   */
  Future<Long> ask() {
    if (next == null) {
      next = Promise.promise();
      endOfTurn.schedule();
    }
    return next.future();
  }

  private void begin() {
    var asked = next;
    if (asked == null || isUnderWay) {
      return;
    }
    next = null;
    var on = epoch.getAsLong();
    var limitMs = resources.probeTimeout();
    if (limitMs == 0) {
      asked.complete(on);
      return;
    }
    isUnderWay = true;
    prove(on, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs))
        .onComplete(
            proof -> {
              isUnderWay = false;
              if (proof.succeeded()) {
                asked.complete(epoch.getAsLong());
              } else {
                asked.fail(proof.cause());
              }
              endOfTurn.schedule();
            });
  }

  /** Proves it, and tries again as long as there is time and the connection is the same. */
  private Future<Void> prove(long on, long deadline) {
    var limitMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (limitMs < 1 || !connection.isUp() || epoch.getAsLong() != on) {
      return Future.failedFuture(new IOException("not connected all the time"));
    }
    return continuity
        .prove(limitMs)
        .recover(
            cause -> {
              if (cause instanceof ErrorReply error && error.kind() == ErrorReply.Kind.REFUSED) {
                return Future.failedFuture(cause);
              }
              var retry = Promise.<Void>promise();
              resources.retry(() -> prove(on, deadline).onComplete(retry));
              return retry.future().recover(failed -> Future.failedFuture(cause));
            });
  }
}
