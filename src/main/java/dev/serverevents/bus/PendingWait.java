package dev.serverevents.bus;

import static java.util.Objects.requireNonNull;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventWait;
import dev.serverevents.WaitCancelledException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** One wait, from its making to its end. Its owner uses it on one context only. */
final class PendingWait implements EventWait {

  final long number;
  private final BusServerEvents owner;
  private final Promise<EventArgs> result;
  private final Promise<Void> subscribed;

  private @Nullable EventKey key;
  private @Nullable String verticle;
  private long timer;

  PendingWait(
      BusServerEvents owner, long number, Promise<EventArgs> result, Promise<Void> subscribed) {
    this.owner = owner;
    this.number = number;
    this.result = result;
    this.subscribed = subscribed;
  }

  /** Remembers what has to be undone when the wait ends. */
  void started(EventKey key, String verticle, long timer) {
    this.key = key;
    this.verticle = verticle;
    this.timer = timer;
  }

  EventKey key() {
    return requireNonNull(key);
  }

  String verticle() {
    return requireNonNull(verticle);
  }

  long timer() {
    return timer;
  }

  void confirm() {
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
    owner.end(this, new WaitCancelledException("The wait was cancelled"));
  }
}
