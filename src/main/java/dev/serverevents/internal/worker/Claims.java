package dev.serverevents.internal.worker;

import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Signals;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The claims of one worker: which server asked for which job, and whether anybody still wants it.
 * Used on the worker's context only.
 */
final class Claims implements Asker.Owner {

  private final String workerId;
  private final boolean givesBack;
  private final ContextInternal context;
  private final Signals signals;

  /** Finds out whether this worker has been told all; {@link #proved} follows. */
  private final Runnable prove;

  /** Is told of jobs whose results nobody wants. */
  private final Consumer<HeldJob> cancelled;

  private final Map<String, Asker> askers = new HashMap<>();

  /** Whether anybody waits for the events of jobs that their askers do not want, by channel. */
  private final Map<String, Interest> interests = new HashMap<>();

  private final Set<Asker> silent = new HashSet<>();

  /**
   * Creates the claims of a worker.
   *
   * @param givesBack whether the worker's jobs go to another worker when it is gone
   */
  Claims(
      String workerId,
      boolean givesBack,
      ContextInternal context,
      Signals signals,
      Runnable prove,
      Consumer<HeldJob> cancelled) {
    this.workerId = workerId;
    this.givesBack = givesBack;
    this.context = context;
    this.signals = signals;
    this.prove = prove;
    this.cancelled = cancelled;
  }

  @Override
  public ContextInternal context() {
    return context;
  }

  @Override
  public Mailbox<Notice> notices() {
    return signals.notices();
  }

  @Override
  public String id() {
    return workerId;
  }

  @Override
  public void send(String channel, Signal signal) {
    signals.send(channel, signal);
  }

  /** Claims a job, if anybody wants to know who has it. */
  void add(HeldJob job) {
    var claimTo = job.job().claimTo();
    if (claimTo == null) {
      return;
    }
    var asker = askers.get(claimTo);
    if (asker == null) {
      asker = new Asker(this, claimTo);
      askers.put(claimTo, asker);
      signals.commands().add(new Command.Watch(asker));
    }
    asker.add(job);
    signals
        .send(claimTo, job.claim(workerId, givesBack))
        .onSuccess(
            receivers -> {
              if (receivers == 0) {
                unwanted(job);
              }
            });
  }

  /** Forgets a job that has ended or was cancelled. */
  void remove(HeldJob job) {
    var asker = askers.get(job.job().claimTo());
    if (asker != null && asker.remove(job)) {
      askers.remove(asker.channel());
      silent.remove(asker);
      asker.close();
      signals.commands().add(new Command.Unwatch(asker));
    }
    var interest = interests.get(job.key().channel());
    if (interest != null && interest.jobs().remove(job) && interest.jobs().isEmpty()) {
      interests.remove(interest.channel());
      signals.commands().add(new Command.Unwatch(interest));
    }
  }

  /** Does what a signal says. */
  void signalled(Signal signal) {
    if (signal instanceof Signal.Unwanted unwanted) {
      unwanted(unwanted);
    } else if (signal instanceof Signal.Alive alive) {
      heard(alive.who());
    } else if (signal instanceof Signal.Reclaim reclaim) {
      heard(reclaim.claimTo());
      var asker = askers.get(reclaim.claimTo());
      if (asker != null) {
        asker.claimAgain(givesBack);
      }
    }
  }

  private void heard(String claimTo) {
    var asker = askers.get(claimTo);
    if (asker != null) {
      asker.heard();
    }
  }

  private void unwanted(Signal.Unwanted unwanted) {
    var asker = askers.get(unwanted.claimTo());
    if (asker != null) {
      asker.heard();
      asker
          .jobs(new EventKey(unwanted.name(), unwanted.id()))
          .forEach(unwanted.isRevoked() ? this::cancel : this::unwanted);
    }
  }

  /** Others may wait for the event of a job, unless its result is for one server alone. */
  private void unwanted(HeldJob job) {
    if (!askers.containsKey(job.job().claimTo()) || job.isCancelled()) {
      return; // it has ended meanwhile
    }
    if (job.job().replyTo() != null) {
      cancel(job);
      return;
    }
    var channel = job.key().channel();
    var interest = interests.get(channel);
    if (interest == null) {
      interest = new Interest(notices(), channel, this::none);
      interests.put(channel, interest);
    }
    interest.jobs().add(job);
    signals.commands().add(new Command.Watch(interest));
  }

  private void none(Interest interest) {
    Turns.forEach(context, interest.jobs(), this::cancel);
  }

  private void cancel(HeldJob job) {
    remove(job);
    job.cancel();
    cancelled.accept(job);
  }

  @Override
  public void gone(Asker asker) {
    Turns.forEach(context, asker.jobs(), this::unwanted);
  }

  @Override
  public void silent(Asker asker) {
    if (silent.isEmpty()) {
      prove.run();
    }
    silent.add(asker);
  }

  /** What was sent to this worker has arrived; who is still silent is cut off, or stopped. */
  void proved(boolean isHeard) {
    var suspected = List.copyOf(silent);
    silent.clear();
    if (isHeard) {
      suspected.stream().filter(Asker::isSilent).forEach(this::gone);
    }
  }

  /** This worker is heard again, and may have missed whatever was sent to it meanwhile. */
  void claimAgain() {
    askers
        .values()
        .forEach(
            asker -> {
              asker.heard();
              asker.claimAgain(givesBack);
            });
  }

  /** Forgets all. */
  void close() {
    List.copyOf(askers.values()).forEach(asker -> asker.jobs().forEach(this::remove));
  }
}
