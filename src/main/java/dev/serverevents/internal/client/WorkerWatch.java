package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.serverevents.Cause;
import dev.serverevents.EventFailureException;
import dev.serverevents.NoWorkerException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkerLostException;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Course.WorkCourse;
import dev.serverevents.internal.journal.What;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * What a wait knows of the worker that it needs, or that has claimed its job. Used on the context
 * of the wait only.
 */
final class WorkerWatch implements Served.Guest, Claimant.Guest {

  /** What a watch needs of its wait. */
  interface Owner {
    /** Stands for the time of what has not happened. */
    int NEVER = Course.NEVER;

    /** The key of the wait. */
    EventKey key();

    /** Ms since the wait was made. */
    int now();

    /** The span of the wait. */
    Span span();

    /** A worker that was needed is there. */
    void served();

    /** Ends the wait, unless its event is on its way. */
    void endUnlessOnItsWay(ServerEventsException cause);

    /** Does not end the wait for what was found out before. */
    void goOn();

    /** Remembers what a later step would take the place of; it happened at so many ms. */
    void note(What what, int ms, String detail);

    /** Ends the wait. */
    void end(Throwable cause);
  }

  private final Owner wait;
  private final Workers workers;
  private final boolean needsWorker;
  private final long stalledAfter;

  private @Nullable Deployment verticle;
  private @Nullable Inbox inbox;
  private @Nullable Served served;
  private @Nullable Claimant claimant;
  private boolean isServed;
  private boolean givesBack;
  private boolean isProving;

  /** The worker that claimed the job last, and when what happened, in ms from the start. */
  private @Nullable String claimedBy;

  private int claimed = Owner.NEVER;
  private int progress = Owner.NEVER;
  private int lost = Owner.NEVER;

  WorkerWatch(Owner wait, Workers workers, WaitOptions options) {
    this.wait = wait;
    this.workers = workers;
    needsWorker = options.needsWorker();
    stalledAfter = requireNonNullElse(options.stalledAfter(), 0L);
  }

  /** Begins, with the inbox that claims come to if the wait hands a job over. */
  void start(Deployment verticle, @Nullable Inbox inbox) {
    this.verticle = verticle;
    this.inbox = inbox;
    needWorker();
  }

  private void needWorker() {
    if (needsWorker) {
      served = workers.serving(requireNonNull(verticle), wait.key().name(), this);
    }
  }

  /** Whether the job may be handed over, as far as a worker has to be there. */
  boolean isServed() {
    return isServed || !needsWorker;
  }

  /** Whether a worker has claimed the job, even if it was lost later. */
  boolean wasClaimed() {
    return claimedBy != null;
  }

  @Nullable String claimedBy() {
    return claimedBy;
  }

  int claimed() {
    return claimed;
  }

  int progress() {
    return progress;
  }

  int lost() {
    return lost;
  }

  /** What became of the job so far. */
  WorkCourse course() {
    return new WorkCourse(claimed, claimedBy, progress, lost);
  }

  @Override
  public EventKey key() {
    return wait.key();
  }

  @Override
  public long claimedForMs() {
    return (long) wait.now() - claimed;
  }

  @Override
  public long stalledAfter() {
    return stalledAfter;
  }

  @Override
  public void served() {
    if (!isServed) {
      isServed = true;
      wait.served();
    }
  }

  @Override
  public void noWorker() {
    lost = isServed ? wait.now() : lost;
    wait.endUnlessOnItsWay(new NoWorkerException(wait.key().name(), wait.key().id()));
  }

  @Override
  public void notTold(Throwable cause) {
    wait.end(cause);
  }

  /** A worker says that it has the job. The last one that does so has it. */
  void claimed(Signal.Claim claim) {
    var workerId = claim.workerId();
    if (claimedBy != null && !claimedBy.equals(workerId)) {
      noteBefore("worker " + claimedBy);
    }
    if (claimant != null && !claimant.id().equals(workerId)) {
      claimant.tell(Workers.unwanted(requireNonNull(inbox), wait.key().id(), true));
      leaveClaimant();
    }
    givesBack = claim.givesBack();
    if (claimant == null) {
      wait.span().claimed(claim.headers());
      claimant = workers.claimant(requireNonNull(verticle), workerId, this);
      claimedBy = workerId;
      claimed = wait.now();
      leaveServed();
      wait.goOn();
    }
  }

  /** The worker that had the job before is known here no more. */
  private void noteBefore(String worker) {
    wait.note(What.CLAIMED, claimed, worker);
    if (lost >= claimed) {
      wait.note(What.WORKER_LOST, lost, worker);
    }
  }

  /** The worker says that the job has got on. */
  void gotOn() {
    progress = wait.now();
  }

  @Override
  public void workerLost() {
    lost = wait.now();
    if (givesBack) {
      leaveClaimant();
      isServed = false;
      needWorker();
    } else {
      wait.endUnlessOnItsWay(
          WorkerLostException.gone(wait.key().name(), wait.key().id(), String.valueOf(claimedBy)));
    }
  }

  /** The signs of life may be there already, and not read yet. */
  @Override
  public void workerSilent() {
    if (!isProving) {
      isProving = true;
      requireNonNull(inbox)
          .prove(
              isHeard -> {
                isProving = false;
                if (isHeard && claimant != null && claimant.silentMs() >= stalledAfter) {
                  lost = wait.now();
                  wait.endUnlessOnItsWay(
                      WorkerLostException.stalled(
                          wait.key().name(),
                          wait.key().id(),
                          String.valueOf(claimedBy),
                          stalledAfter));
                }
              });
    }
  }

  /** The wait has ended; without its result the worker works in vain. */
  void ended(@Nullable Throwable cause) {
    leaveServed();
    if (claimant != null) {
      if (cause != null && !(cause instanceof EventFailureException)) {
        var isRevoked = Cause.of(cause) == Cause.STALLED;
        claimant.tell(Workers.unwanted(requireNonNull(inbox), wait.key().id(), isRevoked));
      }
      leaveClaimant();
    }
  }

  private void leaveServed() {
    if (served != null) {
      served.remove(this);
      served = null;
    }
  }

  private void leaveClaimant() {
    if (claimant != null) {
      workers.remove(requireNonNull(verticle), claimant, this);
      claimant = null;
    }
  }
}
