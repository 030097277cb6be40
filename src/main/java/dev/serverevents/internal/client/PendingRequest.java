package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.Job;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.Timeline;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Futures;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A wait that starts a job once it is heard. A direct one waits for the reply to that job, on an
 * inbox in the place of the event's channel. One that watches its worker has an inbox for claims.
 */
final class PendingRequest extends PendingWait implements Inbox.Guest {

  /** Gives a job to a worker. */
  interface HandOver extends Function<Job, Future<?>> {}

  private final ContextInternal caller;
  private final boolean direct;
  private @Nullable HandOver handOver;
  private @Nullable Inbox inbox;
  private boolean inboxHeard;

  /** When the hand-over ended, which it may do on any thread; or {@link #NEVER}. */
  private volatile int handedOver = NEVER;

  /** The span of the hand-over, which ends with the wait if it has not ended before. */
  private volatile Span handingOver = Span.NONE;

  /** What was kept when the request began, and does not answer it. */
  private @Nullable Kept before;

  /**
   * Creates a request that has not begun; see {@link PendingWait}.
   *
   * @param handOver called on the context of the caller
   */
  PendingRequest(
      Owner owner,
      EventKey key,
      long timeout,
      WaitOptions options,
      HandOver handOver,
      ContextInternal caller) {
    super(owner, key, timeout, options, options.isWatching(), caller);
    this.direct = options.direct();
    this.handOver = handOver;
    this.caller = caller;
  }

  @Override
  public boolean isDirect() {
    return direct;
  }

  /** Whether the request needs an inbox: for the reply, or for claims. */
  boolean needsInbox() {
    return direct || watch() != null;
  }

  void use(Inbox inbox) {
    this.inbox = inbox;
  }

  @Nullable Inbox inbox() {
    return inbox;
  }

  @Override
  public String channel() {
    return direct && inbox != null ? inbox.channel() : super.channel();
  }

  @Override
  public boolean isRequest() {
    return true;
  }

  @Override
  public void inboxHeard(long epoch) {
    inboxHeard = true;
    if (!direct) {
      handOverIfReady();
    } else if (isRunning() && isRetained()) {
      verticle().commands().add(new Command.LookUp(this));
    } else {
      subscribed(epoch);
    }
  }

  /** The verticle still knows the wait itself, unless it is direct. */
  @Override
  public void inboxEnded(Throwable cause) {
    end(cause);
  }

  @Override
  public void replied(Payload payload) {
    if (direct) {
      arrived(payload);
    }
  }

  @Override
  public void claimed(Signal.Claim claim) {
    if (watch() != null) {
      watch().claimed(claim);
    }
  }

  @Override
  public void gotOn() {
    if (watch() != null) {
      watch().gotOn();
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
    handOverIfReady();
  }

  @Override
  public void served() {
    handOverIfReady();
  }

  private void handOverIfReady() {
    var isReady =
        isRunning()
            && wasHeard()
            && (inboxHeard || !needsInbox())
            && (watch() == null || watch().isServed());
    if (isReady && handOver != null) {
      var due = handOver;
      handOver = null;
      caller.emit(due, this::handOver);
    }
  }

  private void handOver(HandOver due) {
    var giving = span().begin(Operation.HAND_OVER);
    handingOver = giving;
    Future<?> done =
        giving.within(() -> Futures.of("The hand-over", () -> due.apply(job(giving.headers()))));
    done.onSuccess(
            taken -> {
              handedOver = now();
              giving.end(null);
            })
        .onFailure(
            cause -> {
              giving.end(cause);
              stop(cause);
            });
  }

  private Job job(Map<String, String> headers) {
    var channel = inbox == null ? null : inbox.channel();
    return new Job(
        key().name(),
        key().id(),
        direct ? channel : null,
        watch() == null ? null : channel,
        Math.max(1, timeout() - now()),
        watch() == null ? 0 : watch().stalledAfter(),
        headers,
        null);
  }

  @Override
  Timeline timeline() {
    return timeline(handedOver);
  }

  @Override
  void tellEnding(@Nullable Throwable cause) {
    if (handedOver == NEVER) {
      handingOver.end(cause);
    }
    super.tellEnding(cause);
  }

  @Override
  Course course(@Nullable Cause cause, @Nullable String detail, @Nullable EventArgs args) {
    return course(handedOver, cause, detail, args);
  }

  @Override
  ServerEventsException timedOut() {
    var neverClaimed = watch() != null && handedOver != NEVER && !watch().wasClaimed();
    return neverClaimed
        ? EventTimeoutException.neverClaimed(key().name(), key().id(), timeout())
        : super.timedOut();
  }

  /** The verticle knows the inbox instead of a direct request, and the inbox stays. */
  @Override
  void leave() {
    if (!direct) {
      super.leave();
    }
  }
}
