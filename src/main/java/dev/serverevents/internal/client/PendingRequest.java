package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNull;

import dev.serverevents.Timeline;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A wait that starts a job once it is heard. A direct one waits for the reply to that job, on an
 * inbox in the place of the event's channel.
 */
final class PendingRequest extends PendingWait implements Inbox.Guest {

  /** Gives a job to a worker; takes the channel for the reply to a direct request. */
  interface HandOver extends Function<String, Future<?>> {}

  private final ContextInternal caller;
  private final boolean direct;
  private @Nullable HandOver handOver;
  private @Nullable Inbox inbox;

  /** When the hand-over ended, which it may do on any thread; or {@link #NEVER}. */
  private volatile int handedOver = NEVER;

  /** What was kept when the request began, and does not answer it. */
  private @Nullable Kept before;

  /**
   * Creates a request that has not begun; see {@link PendingWait}.
   *
   * @param direct whether it waits for a direct reply
   * @param handOver called on the context of the caller
   */
  PendingRequest(
      Owner owner,
      EventKey key,
      long timeout,
      boolean retained,
      boolean direct,
      HandOver handOver,
      ContextInternal caller) {
    super(owner, key, timeout, retained, caller);
    this.direct = direct;
    this.handOver = handOver;
    this.caller = caller;
  }

  boolean isDirect() {
    return direct;
  }

  /** The inbox where the reply comes. */
  void use(Inbox inbox) {
    this.inbox = inbox;
  }

  @Nullable Inbox inbox() {
    return inbox;
  }

  @Override
  public String channel() {
    return inbox == null ? super.channel() : inbox.channel();
  }

  @Override
  public boolean isRequest() {
    return true;
  }

  @Override
  public void inboxHeard(long epoch) {
    if (isRunning() && isRetained()) {
      verticle().commands().add(new Command.LookUp(this));
    } else {
      subscribed(epoch);
    }
  }

  /**
   * A request is not answered by what was kept before it began. Where the expiry is not known, what
   * is kept after a gap may be that, or the same result once more: then nothing is known.
   */
  @Override
  public void lookedUp(long epoch, @Nullable Kept kept) {
    if (!isRunning()) {
      return;
    }
    if (!wasHeard()) {
      before = kept;
      subscribed(epoch);
    } else if (kept == null || before == null || !kept.mayBe(before)) {
      super.lookedUp(epoch, kept);
    } else if (kept.expiresAt() != Kept.UNDATED && before.expiresAt() != Kept.UNDATED) {
      subscribed(epoch);
    } else {
      lost();
    }
  }

  @Override
  void heard() {
    caller.emit(this, PendingRequest::handOver);
  }

  private void handOver() {
    var job = requireNonNull(handOver);
    handOver = null;
    Future<?> done;
    try {
      done = job.apply(channel());
      if (done == null) {
        done =
            Future.failedFuture(
                new NullPointerException("The hand-over returned null in the place of a Future"));
      }
    } catch (Throwable failure) { // an Error as well: the wait must not outlast it
      done = Future.failedFuture(failure);
    }
    done.onSuccess(taken -> handedOver = now()).onFailure(this::stop);
  }

  @Override
  Timeline timeline() {
    return timeline(handedOver);
  }

  @Override
  void ending(@Nullable Throwable cause) {
    // the caller has nothing but its Future
  }

  /** The verticle knows the inbox instead of a direct request, and the inbox stays. */
  @Override
  void leave() {
    if (!direct) {
      super.leave();
    }
  }
}
