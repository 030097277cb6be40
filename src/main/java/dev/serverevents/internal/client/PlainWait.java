package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.EventWait;
import dev.serverevents.InvalidInputException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/** A wait whose caller is told when it is heard, and may cancel it. */
final class PlainWait extends PendingWait implements EventWait {

  private final Promise<Void> subscribed;

  /** Creates a wait that has not begun; see {@link PendingWait}. */
  PlainWait(Owner owner, EventKey key, long timeout, boolean retained, ContextInternal caller) {
    super(owner, key, timeout, retained, caller);
    subscribed = caller.promise();
  }

  /** What a caller gets whose input is wrong: it has failed, and never begins. */
  static EventWait refused(ContextInternal caller, InvalidInputException cause) {
    return new Refused(caller.failedFuture(cause), caller.failedFuture(cause));
  }

  private record Refused(Future<EventArgs> future, Future<Void> subscribed) implements EventWait {
    @Override
    public void cancel(Cause why) {
      // the wait never began
    }
  }

  @Override
  void heard() {
    subscribed.tryComplete();
  }

  /** An event that was kept may come before Redis has confirmed the subscription. */
  @Override
  void ending(@Nullable Throwable cause) {
    if (cause == null) {
      subscribed.tryComplete();
    } else {
      subscribed.tryFail(cause);
    }
  }

  @Override
  public Future<Void> subscribed() {
    return subscribed.future();
  }

  @Override
  public void cancel(Cause why) {
    stop(
        new WaitCancelledException(
            why,
            why == Cause.CLIENT_GONE
                ? "The client that waited is gone"
                : "The wait was cancelled"));
  }
}
