package dev.serverevents.internal.worker;

import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Watcher;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A server that asked for jobs which a worker has, as the worker knows it: by the inbox that their
 * claims go to. The worker shows it signs of life, and the server answers each. Used on the
 * worker's context only.
 */
final class Asker implements Watcher {

  /** What an asker needs of its worker. */
  interface Owner {
    /** The context of the worker. */
    ContextInternal context();

    /** The mailbox for what verticles tell the worker. */
    Mailbox<Notice> notices();

    /** The worker's id. */
    String id();

    /** Sends a signal. */
    void send(String channel, Signal signal);

    /** A server wants no result of its jobs any more. */
    void gone(Asker asker);

    /** A server has not answered for long, which may be this worker's own fault. */
    void silent(Asker asker);
  }

  /** The longest time between two signs of life, in ms. */
  private static final long MAX_INTERVAL_MS = 5_000;

  /** So many signs of life are shown before the worker may count as stalled. */
  private static final int SIGNS = 4;

  /** So long a server may leave signs of life unanswered, in ms. */
  private static final long PATIENCE_MS = 20_000;

  private final Owner owner;
  private final Clock clock;
  private final String claimTo;

  /** The same job may have been asked for twice. */
  private final Map<EventKey, Set<HeldJob>> jobs = new HashMap<>();

  private long interval = Long.MAX_VALUE;
  private long timer = -1;
  private long heard;

  Asker(Owner owner, String claimTo) {
    this.owner = owner;
    clock = Clocks.of(owner.context().owner());
    heard = clock.nanoTime();
    this.claimTo = claimTo;
  }

  @Override
  public Mailbox<Notice> notices() {
    return owner.notices();
  }

  /** The inbox that claims go to. */
  @Override
  public String channel() {
    return claimTo;
  }

  /** Its jobs as they are now. */
  List<HeldJob> jobs() {
    return jobs.values().stream().flatMap(Set::stream).toList();
  }

  /** Its jobs of an event, as they are now. */
  List<HeldJob> jobs(EventKey key) {
    return List.copyOf(jobs.getOrDefault(key, Set.of()));
  }

  /** Adds a job of the server's, which may want more signs of life than those before. */
  void add(HeldJob job) {
    jobs.computeIfAbsent(job.key(), key -> new LinkedHashSet<>()).add(job);
    var stalledAfter = job.job().stalledAfter();
    var wanted =
        stalledAfter == 0 ? MAX_INTERVAL_MS : Math.min(stalledAfter / SIGNS, MAX_INTERVAL_MS);
    if (wanted < interval) {
      interval = wanted;
      clock.cancel(timer);
      timer = clock.setPeriodic(owner.context(), Math.max(1, interval), tick -> beat());
    }
  }

  /** Takes a job away that has ended, and tells whether it was the last one. */
  boolean remove(HeldJob job) {
    var same = jobs.get(job.key());
    if (same != null && same.remove(job) && same.isEmpty()) {
      jobs.remove(job.key());
    }
    return jobs.isEmpty();
  }

  /** Shows no signs of life any more. */
  void close() {
    clock.cancel(timer);
  }

  private void beat() {
    owner.send(claimTo, new Signal.Alive(owner.id(), Optional.empty()));
    if (isSilent()) {
      owner.silent(this);
    }
  }

  /** Whether it has not answered for long. */
  boolean isSilent() {
    return clock.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
  }

  /** The server has answered, or could not since this worker did not hear it. */
  void heard() {
    heard = clock.nanoTime();
  }

  /** Claims all its jobs once more. */
  void claimAgain(boolean givesBack) {
    Turns.forEach(owner.context(), jobs(), job -> claim(job, givesBack));
  }

  private void claim(HeldJob job, boolean givesBack) {
    if (jobs(job.key()).contains(job)) {
      owner.send(claimTo, job.claim(owner.id(), givesBack));
    }
  }

  @Override
  public boolean isExpected() {
    return true;
  }

  @Override
  public void present(boolean isPresent) {
    if (!isPresent) {
      owner.gone(this);
    }
  }

  /** Without the right to ask, only the server's silence tells that it is gone. */
  @Override
  public void refused(Throwable cause) {}
}
