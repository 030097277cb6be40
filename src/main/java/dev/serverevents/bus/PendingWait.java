package dev.serverevents.bus;

import static java.util.Objects.requireNonNull;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventWait;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.bus.Deployments.Deployment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One wait, from its making to its end. Its state is used on its owner's context only. */
final class PendingWait implements EventWait {

  final long number;
  private final boolean retained;
  private final boolean direct;
  private final BiConsumer<PendingWait, Throwable> end;
  private final Promise<EventArgs> result;
  private final Promise<Void> subscribed;

  private @Nullable EventKey key;
  private @Nullable Deployment verticle;
  private long timer;
  private long epoch;

  /**
   * Creates one.
   *
   * @param direct whether it waits for a reply on its verticle's inbox
   * @param end ends it from this side
   */
  PendingWait(
      long number,
      boolean retained,
      boolean direct,
      BiConsumer<PendingWait, Throwable> end,
      Promise<EventArgs> result,
      Promise<Void> subscribed) {
    this.number = number;
    this.retained = retained;
    this.direct = direct;
    this.end = end;
    this.result = result;
    this.subscribed = subscribed;
  }

  /** Remembers what has to be undone when the wait ends. */
  void started(EventKey key, Deployment verticle, long timer) {
    this.key = key;
    this.verticle = verticle;
    this.timer = timer;
  }

  EventKey key() {
    return requireNonNull(key);
  }

  boolean retained() {
    return retained;
  }

  boolean direct() {
    return direct;
  }

  Deployment verticle() {
    return requireNonNull(verticle);
  }

  long timer() {
    return timer;
  }

  /** The connection on which nothing can have been missed so far, or 0. */
  long epoch() {
    return epoch;
  }

  void confirm(long epoch) {
    if (this.epoch == 0 || retained) {
      this.epoch = epoch;
    }
    subscribed.tryComplete();
  }

  void succeed(EventArgs args) {
    subscribed.tryComplete();
    result.complete(args);
  }

  void fail(Throwable cause) {
    subscribed.tryFail(cause);
    result.fail(cause);
  }

  /** Ends it from this side. */
  void end(Throwable cause) {
    end.accept(this, cause);
  }

  @Override
  public Future<EventArgs> future() {
    return result.future();
  }

  @Override
  public Future<Void> subscribed() {
    return subscribed.future();
  }

  @Override
  public void cancel() {
    end(new WaitCancelledException("The wait was cancelled"));
  }
}
