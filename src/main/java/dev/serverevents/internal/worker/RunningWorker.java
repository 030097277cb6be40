package dev.serverevents.internal.worker;

import dev.serverevents.Cause;
import dev.serverevents.ClaimedJob;
import dev.serverevents.Job;
import dev.serverevents.JobSource;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsTracing;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import dev.serverevents.internal.Futures;
import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.journal.Step;
import dev.serverevents.internal.journal.What;
import dev.serverevents.internal.journal.WorkerReport;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Signals;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker: it takes jobs from their source, and has its user do them. */
public final class RunningWorker implements Worker, HeldJob.Owner {

  /**
   * Where a worker lives.
   *
   * @param context the context of the ServerEvents that it belongs to
   * @param clock the clock of its Vert.x
   * @param notices the mailbox there
   * @param tracing the tracing of its jobs
   * @param caller the context on which its user is called
   * @param ended called when it has ended
   */
  public record Home(
      ContextInternal context,
      Clock clock,
      Mailbox<Notice> notices,
      ServerEventsTracing tracing,
      ContextInternal caller,
      Consumer<RunningWorker> ended) {}

  private static final Logger LOG = LoggerFactory.getLogger(RunningWorker.class);

  /** So long it takes until a source is asked again that failed. */
  private static final long RETRY_MS = 1_000;

  private final String id = UUID.randomUUID().toString();
  private final Home home;
  private final String name;
  private final Deployment verticle;
  private final JobSource source;
  private final int concurrency;
  private final Function<ClaimedJob, Future<?>> handler;
  private final Signals signals;
  private final Lease lease;
  private final Lease serves;
  private final Claims claims;
  private final Pulse pulse;
  private final Recovery recovery;
  private final Answers answers;
  private final Journal journal;
  private final Promise<Void> ready;
  private final Promise<Void> closed;

  /** The jobs that have not ended, even if they were cancelled. */
  private final Set<HeldJob> held = new HashSet<>();

  private boolean isTaking;
  private boolean isClosing;

  /** Whether a proof is under way that nothing sent to the worker is missing. */
  private boolean isProving;

  /**
   * Creates a worker that does not work yet.
   *
   * @param name the name of the jobs that it takes
   */
  public RunningWorker(
      Home home,
      Deployment verticle,
      ServerEvents events,
      String name,
      JobSource source,
      WorkOptions options,
      Function<ClaimedJob, Future<?>> handler) {
    this.home = home;
    this.name = name;
    this.verticle = verticle;
    this.source = source;
    this.handler = handler;
    concurrency = options.concurrency();
    signals = new Signals(verticle.commands(), home.notices());
    lease = new Lease(home.notices(), WireNames.worker(id), false, new OwnChannel());
    serves = new Lease(home.notices(), WireNames.serves(name), true, new NameChannel());
    claims =
        new Claims(id, source.givesBack(), home.context(), signals, this::prove, this::unwanted);
    pulse = new Pulse(home.context(), this::prove);
    recovery = new Recovery(id, source, home.context(), verticle.commands(), home.notices());
    answers = new Answers(events, options.emit());
    journal = Journal.of(events.vertx());
    ready = home.caller().promise();
    closed = Promise.promise();
  }

  /** Begins; to be called on the context. */
  public void start() {
    verticle.pending().hold();
    verticle.commands().add(new Command.Listen(lease));
  }

  @Override
  public String id() {
    return id;
  }

  /** What is known of the worker; to be called on its context. */
  public WorkerReport report() {
    var now = home.clock().nanoTime();
    var claims = held.stream().map(job -> new WorkerReport.Claim(job.id(), job.heldForMs(now)));
    return new WorkerReport(id, name, WorkerReport.oldest(claims.toList()), 0);
  }

  @Override
  public Future<Void> ready() {
    return ready.future();
  }

  @Override
  public Future<Void> close() {
    Promise<Void> done = home.caller().promise();
    closed.future().onComplete(done);
    onContext(this::stopTaking);
    return done.future();
  }

  private void onContext(Runnable action) {
    if (home.context().inThread()) {
      action.run();
    } else {
      home.context().runOnContext(turn -> action.run());
    }
  }

  private <T> void onContext(Future<T> future, Consumer<AsyncResult<T>> action) {
    future.onComplete(result -> onContext(() -> action.accept(result)));
  }

  private void begin() {
    pulse.start();
    recovery.start();
    ready.tryComplete();
    take();
  }

  private void take() {
    if (isTaking || isClosing || held.size() >= concurrency) {
      return;
    }
    isTaking = true;
    onContext(Futures.of("JobSource.take", () -> source.take(id)), this::taken);
  }

  private void taken(AsyncResult<JobSource.@Nullable Taken> taken) {
    isTaking = false;
    if (taken.failed()) {
      LOG.warn("No job could be taken: {}", String.valueOf(taken.cause()));
      isTaking = true;
      home.clock()
          .setTimer(
              home.context(),
              RETRY_MS,
              timer -> {
                isTaking = false;
                goOn();
              });
    } else {
      if (taken.result() != null) {
        hold(taken.result());
      }
      goOn();
    }
  }

  private void goOn() {
    take();
    endIfDone();
  }

  private void hold(JobSource.Taken taken) {
    var asked = taken.job();
    var span = home.tracing().work(asked.name(), asked.id(), asked.headers());
    span.worker(id);
    // What belongs to the trace of a job is kept with a context that is no other job's
    var context = span == Span.NONE ? home.caller() : home.caller().duplicate();
    var job = new HeldJob(this, taken, span, home.clock().nanoTime(), context.promise());
    held.add(job);
    journal.regular(new Step(home.clock().nanoTime(), job.key(), What.TAKEN, "worker " + id));
    verticle.pending().hold();
    claims.add(job);
    context.emit(
        job,
        given -> {
          span.enterContext();
          onContext(
              span.within(() -> Futures.of("The handler of the job", () -> handler.apply(given))),
              result -> handled(given, result));
        });
  }

  private void unwanted(HeldJob job) {
    journal.notable(new Step(home.clock().nanoTime(), job.key(), What.UNWANTED, "worker " + id));
  }

  private void handled(HeldJob job, AsyncResult<?> result) {
    onContext(
        pulse.sure(),
        sure -> {
          claims.remove(job);
          if (job.isCancelled()) {
            ended(
                job,
                new WaitCancelledException(Cause.CANCELLED, "Nobody wants the result any more"));
          } else {
            var answer = job.span().within(() -> answer(job.job(), result));
            onContext(
                answer.eventually(job::done), answered -> answered(job, answered, result.cause()));
          }
        });
  }

  private Future<?> answer(Job job, AsyncResult<?> result) {
    return result.succeeded()
        ? answers.result(job, result.result())
        : answers.failure(job, result.cause());
  }

  private void answered(HeldJob job, AsyncResult<?> answered, @Nullable Throwable failure) {
    if (answered.failed()) {
      LOG.error(
          "What has come of the job \"{}\" with id \"{}\" was not emitted",
          job.name(),
          job.id(),
          answered.cause());
    }
    ended(job, failure == null ? answered.cause() : failure);
  }

  private void ended(HeldJob job, @Nullable Throwable why) {
    job.span().end(why);
    held.remove(job);
    verticle.pending().leave();
    goOn();
  }

  @Override
  public Future<Integer> progress(HeldJob job, @Nullable Object... args) {
    if (job.isCancelled()) {
      return Future.succeededFuture(0);
    }
    var claimTo = job.job().claimTo();
    if (claimTo != null) {
      signals.send(claimTo, new Signal.Alive(id, Optional.of(job.key())));
    }
    return job.span().within(() -> answers.progress(job.job(), args));
  }

  private void prove() {
    if (!isProving) {
      isProving = true;
      verticle.commands().add(new Command.Settle(lease));
    }
  }

  private void stopTaking() {
    if (!isClosing) {
      isClosing = true;
      leave(serves);
      endIfDone();
    }
  }

  private void leave(Lease left) {
    if (!left.hasEnded()) {
      left.leave();
      verticle.commands().add(new Command.Leave(left));
    }
  }

  private void endIfDone() {
    if (isClosing && !isTaking && held.isEmpty() && !closed.future().isComplete()) {
      isTaking = true; // nothing is taken any more
      recovery.close();
      onContext(Futures.of("JobSource.close", () -> source.close(id)), gone -> end());
    }
  }

  private void end() {
    pulse.stop();
    claims.close();
    leave(lease);
    verticle.pending().leave();
    home.ended().accept(this);
    closed.tryComplete();
  }

  /** The channel of the worker itself. */
  private final class OwnChannel implements Lease.Listener {

    @Override
    public void heard(boolean isAgain) {
      if (isAgain) {
        claims.claimAgain();
      } else {
        verticle.commands().add(new Command.Listen(serves));
      }
    }

    @Override
    public void arrived(Payload payload) {
      Signal.of(payload).ifPresent(claims::signalled);
    }

    @Override
    public void settled() {
      isProving = false;
      claims.proved(lease.isHeard());
      pulse.proved();
    }

    @Override
    public void ended(Throwable cause) {
      ready.tryFail(cause);
      recovery.close();
      pulse.proved();
      stopTaking();
    }
  }

  /** The channel of all workers of the name. */
  private final class NameChannel implements Lease.Listener {

    @Override
    public void heard(boolean isAgain) {
      if (!isAgain) {
        begin();
      }
    }

    @Override
    public void arrived(Payload payload) {
      // whoever publishes here says nothing that concerns a worker
    }

    @Override
    public void settled() {
      // nobody asked
    }

    /** The verticle drains, or Redis refuses. */
    @Override
    public void ended(Throwable cause) {
      ready.tryFail(cause);
      stopTaking();
    }
  }
}
