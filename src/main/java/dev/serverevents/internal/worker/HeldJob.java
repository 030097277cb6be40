package dev.serverevents.internal.worker;

import dev.serverevents.ClaimedJob;
import dev.serverevents.Job;
import dev.serverevents.JobSource;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.internal.Futures;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A job that a worker has taken and not done yet. */
final class HeldJob implements ClaimedJob {

  /** What a job needs of its worker. */
  interface Owner {
    /** Tells how far a job is; any thread may call it. */
    Future<Integer> progress(HeldJob job, @Nullable Object... args);
  }

  private final Owner owner;
  private final JobSource.Taken taken;
  private final Span span;
  private final long since;
  private final Promise<Void> cancelled;
  private boolean isDone;

  /**
   * Creates one.
   *
   * @param span the span of the work on it
   * @param since when the worker took it, a time of the clock in ns
   * @param cancelled completed when nobody wants the result any more
   */
  HeldJob(Owner owner, JobSource.Taken taken, Span span, long since, Promise<Void> cancelled) {
    this.owner = owner;
    this.taken = taken;
    this.span = span;
    this.since = since;
    this.cancelled = cancelled;
  }

  @Override
  public Job job() {
    return taken.job();
  }

  Span span() {
    return span;
  }

  /** By which a worker claims it. */
  Signal.Claim claim(String workerId, boolean givesBack) {
    return new Signal.Claim(name(), id(), workerId, givesBack, span.claimHeaders());
  }

  /** For how many ms the worker has had it, at a time of the clock in ns. */
  long heldForMs(long now) {
    return TimeUnit.NANOSECONDS.toMillis(now - since);
  }

  EventKey key() {
    return new EventKey(name(), id());
  }

  @Override
  public Future<Integer> progress(@Nullable Object... args) {
    return owner.progress(this, args);
  }

  @Override
  public Future<Void> cancelled() {
    return cancelled.future();
  }

  @Override
  public boolean isCancelled() {
    return cancelled.future().isComplete();
  }

  /** Nobody wants the result any more, so that the source may forget the job. */
  void cancel() {
    if (cancelled.tryComplete()) {
      done();
    }
  }

  /** Has the source forget the job, once. */
  Future<?> done() {
    if (isDone) {
      return Future.succeededFuture();
    }
    isDone = true;
    return Futures.of("JobSource.Taken.done", taken::done);
  }
}
