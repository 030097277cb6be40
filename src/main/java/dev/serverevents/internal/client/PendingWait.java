package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNull;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.EventWait;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.Timeline;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Step;
import dev.serverevents.internal.journal.What;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One wait, from its making to its end. A {@link PlainWait} only waits, and a {@link
 * PendingRequest} starts a job as well. What changes in a wait is used on its owner's context only.
 */
abstract class PendingWait extends Timeouts.Timed<PendingWait>
    implements Subscriber, EventWait, WorkerWatch.Owner {

  /** What a wait needs of the ServerEvents that it belongs to. */
  interface Owner {
    /** The home of the ServerEvents. */
    Home home();

    /** What is known of workers. */
    Workers workers();

    /** Forgets a wait that ends, and tells whether it was pending. */
    boolean remove(PendingWait wait);
  }

  private final Owner owner;
  private final EventKey key;
  private final int timeout;
  private final boolean retained;
  private final long since;
  private final Promise<EventArgs> result;
  private final Promise<Void> subscribed;

  private final Span span;

  /** What is known of the worker; null where nobody wants to know. */
  private final @Nullable WorkerWatch watch;

  private @Nullable Deployment verticle;

  /** When the wait was heard for the first time, in ms from its start, or {@link #NEVER}. */
  private int heard = NEVER;

  private @Nullable Throwable stopped;

  /** What is to end the wait unless its event is on its way, or null. */
  private @Nullable ServerEventsException suspicion;

  private long epoch;

  /** How many answers are to come to what the wait asked before its time was over. */
  private short early;

  /**
   * Creates a wait that has not begun.
   *
   * @param timeout in ms, at most {@link ServerEventsOptions#MAX_TIMEOUT}
   * @param options how it waits, but for the timeout
   * @param isWatching whether it wants to know about a worker
   * @param caller the context on which its Futures complete
   */
  PendingWait(
      Owner owner,
      EventKey key,
      long timeout,
      WaitOptions options,
      boolean isWatching,
      ContextInternal caller) {
    this.owner = owner;
    this.key = key;
    this.timeout = Math.toIntExact(timeout);
    retained = options.retained();
    since = owner.home().clock().nanoTime();
    span = owner.home().tracing().begin(Operation.WAIT, key.name(), key.id());
    watch = isWatching ? new WorkerWatch(this, owner.workers(), options) : null;
    result = caller.promise();
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

  /** The wait is heard, for the first time. */
  abstract void heard();

  @Override
  public EventKey key() {
    return key;
  }

  final @Nullable WorkerWatch watch() {
    return watch;
  }

  @Override
  long timeout() {
    return timeout;
  }

  @Override
  long since() {
    return since;
  }

  @Override
  public final Span span() {
    return span;
  }

  final boolean isRetained() {
    return retained;
  }

  final boolean wasHeard() {
    return heard != NEVER;
  }

  @Override
  public final int now() {
    return (int) TimeUnit.NANOSECONDS.toMillis(owner.home().clock().nanoTime() - since);
  }

  /** What became of the wait so far. */
  Timeline timeline() {
    return timeline(NEVER);
  }

  /** The same of a wait whose job was handed over then. */
  final Timeline timeline(int handedOver) {
    return watch == null
        ? new Timeline(ms(heard), ms(handedOver), null, null, null, null)
        : new Timeline(
            ms(heard),
            ms(handedOver),
            ms(watch.claimed()),
            watch.claimedBy(),
            ms(watch.progress()),
            ms(watch.lost()));
  }

  private static @Nullable Long ms(int time) {
    return time == NEVER ? null : (long) time;
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
  public void cancel(Cause why) {
    stop(
        new WaitCancelledException(
            why,
            why == Cause.CLIENT_GONE
                ? "The client that waited is gone"
                : "The wait was cancelled"));
  }

  @Override
  public Mailbox<Notice> notices() {
    return owner.home().notices();
  }

  @Override
  public String channel() {
    return key.channel();
  }

  @Override
  public boolean takes(EventKey other) {
    return key.equals(other);
  }

  @Override
  public @Nullable EventKey retainedKey() {
    return retained ? key : null;
  }

  @Override
  public boolean hasEnded() {
    return result.future().isComplete();
  }

  /** The wait begins, at a verticle that is to be asked to listen. */
  void start(Deployment verticle) {
    this.verticle = verticle;
  }

  Deployment verticle() {
    return requireNonNull(verticle);
  }

  @Override
  ServerEventsOptions settings() {
    return verticle().options();
  }

  @Override
  public void subscribed(long epoch) {
    if (!isRunning()) {
      return;
    }
    if (!wasHeard() || retained) {
      this.epoch = epoch;
    }
    if (!wasHeard()) {
      heard = now();
      subscribed.tryComplete();
      heard();
    } else if (isOver()) {
      settle(); // the wait is heard again, so that more may be known now
    }
  }

  @Override
  public void lost() {
    epoch = LOST;
  }

  @Override
  public void lookedUp(long epoch, @Nullable Kept kept) {
    if (kept == null) {
      subscribed(epoch);
    } else if (owner.remove(this)) {
      leave();
      complete(kept.payload());
    }
  }

  @Override
  public void arrived(Payload payload) {
    if (owner.remove(this)) {
      complete(payload);
    }
  }

  @Override
  public void ended(Throwable cause) {
    if (owner.remove(this)) {
      fail(cause);
    }
  }

  /** The time of the wait is over: asks whether an event is on its way. */
  void settle() {
    verticle().commands().add(new Command.Settle(this));
  }

  @Override
  public void endUnlessOnItsWay(ServerEventsException cause) {
    if (isRunning() && wasHeard()) {
      if (suspicion == null) {
        if (!isOver()) {
          early++;
        }
        settle();
      }
      suspicion = cause;
    } else {
      end(cause);
    }
  }

  @Override
  public void note(What what, int ms, String detail) {
    var at = since + TimeUnit.MILLISECONDS.toNanos(ms);
    owner.home().books().happened(new Step(at, key, what, detail));
  }

  @Override
  public void goOn() {
    suspicion = null;
  }

  /**
   * The wait has timed out only where it cannot have missed anything. What it asked before its time
   * was over, for a suspicion, proves nothing about the rest of its time.
   */
  @Override
  public void settled(long settledEpoch, @Nullable Throwable why) {
    if (early > 0) {
      early--;
      if (early == 0 && suspicion != null && !isOver()) {
        end(suspicion);
      }
    } else if (isOver()) {
      endOver(settledEpoch, why);
    }
  }

  private void endOver(long settledEpoch, @Nullable Throwable why) {
    if (settledEpoch != 0 && settledEpoch == epoch) {
      end(timedOut());
    } else if (settledEpoch == 0 || !retained || epoch == LOST) {
      end(Verdict.unknown(key, timeout, settledEpoch, why));
    } // else a look-up is under way, which may show that the wait was heard all along
  }

  /** The time of the wait is over, and no answer comes. */
  void giveUp() {
    endOver(0, Verdict.noAnswer());
  }

  /** What the wait ends with that was heard all along. */
  ServerEventsException timedOut() {
    return Verdict.timedOut(key, timeout);
  }

  /** Ends the wait, on any thread. */
  final void stop(Throwable cause) {
    owner.home().run(() -> end(cause));
  }

  /** Ends the wait from this side; one that has not begun ends as soon as it does. */
  @Override
  public final void end(Throwable cause) {
    if (owner.remove(this)) {
      leave();
      fail(cause);
    } else {
      stopped = cause;
    }
  }

  /** Tells the verticle that the wait has ended. */
  void leave() {
    verticle().commands().add(new Command.Leave(this));
  }

  /** What ended the wait before it began, or null. */
  @Nullable Throwable stopped() {
    return stopped;
  }

  /** What became of the wait until now, or until its end if there is a cause for it. */
  Course course(@Nullable Cause cause, @Nullable String detail, @Nullable EventArgs args) {
    return course(NEVER, cause, detail, args);
  }

  /** The same of a wait whose job was handed over then. */
  final Course course(
      int handedOver, @Nullable Cause cause, @Nullable String detail, @Nullable EventArgs args) {
    var work = watch == null ? null : watch.course();
    var now = owner.home().books().now();
    var ended = now - since < 0 ? since : now; // it was made in this very turn
    return new Course(
        key, since, heard, handedOver, work, ended, verticle != null, cause, detail, args);
  }

  @Override
  public List<Course> courses(EventKey other) {
    return isRunning() && takes(other) ? List.of(course(null, null, null)) : List.of();
  }

  @Override
  public int cancel(EventKey other, WaitCancelledException why) {
    if (!isRunning() || !takes(other)) {
      return 0;
    }
    end(why);
    return 1;
  }

  /** Has the books know how the wait has ended. */
  private void enter(Cause cause, @Nullable String detail, @Nullable EventArgs args) {
    var books = owner.home().books();
    if (books.areOpen()) {
      books.waitEnded(course(cause, detail, args == null ? null : books.kept(args)), cause);
    }
  }

  private void complete(Payload payload) {
    span.begin(Operation.RECEIVE).end(payload.failure());
    if (payload.failure() != null) {
      fail(payload.failure());
    } else {
      tellEnding(null);
      enter(Cause.RESULT, null, payload.args());
      result.complete(payload.args());
    }
  }

  void fail(Throwable cause) {
    var told = cause instanceof ServerEventsException ours ? ours.at(timeline()) : cause;
    tellEnding(told);
    enter(Cause.of(told), Course.detail(told), null);
    result.tryFail(told);
  }

  /** An event that was kept may come before Redis has confirmed the subscription. */
  void tellEnding(@Nullable Throwable cause) {
    if (cause == null) {
      subscribed.tryComplete();
    } else {
      subscribed.tryFail(cause);
    }
    if (watch != null) {
      watch.ended(cause);
    }
    var metrics = owner.home().metrics();
    if (metrics != ServerEventsMetrics.NONE) {
      var leave = span.enter(); // so that a histogram may refer to it
      metrics.waitEnded(key.name(), cause, owner.home().clock().nanoTime() - since);
      leave.run();
    }
    if (span != Span.NONE) {
      span.end(timeline(), cause);
    }
  }
}
