package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.journal.NameReport;
import dev.serverevents.internal.journal.Source;
import dev.serverevents.internal.journal.Step;
import dev.serverevents.internal.journal.WorkerReport;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.EndOfTurn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The books of one ServerEvents: what is pending, and what became of its waits and streams, which
 * goes to the {@link Journal} of the server as well. Used on its context only, unless said
 * otherwise. Nothing is entered while the journal is off.
 */
final class Books implements Source {

  /** How many names are told apart. */
  static final int MAX_NAMES = 1_000;

  /** What is pending, which is counted only when somebody asks: most of it nobody asks for. */
  interface Open {

    /** Has all of it counted; completes on the context. */
    Future<?> count(PendingByName pending);
  }

  private static final long LOOK_FOR_ROOM_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long IN_USE_NS = TimeUnit.MINUTES.toNanos(2);

  private final ContextInternal context;
  private final Clock clock;
  private final Journal journal;
  private final Map<String, Tally> names = new HashMap<>();
  private final Tally others;
  private final EndOfTurn endOfTurn;
  private @Nullable Tally last;
  private boolean isTurn;
  private long turn;
  private Open open = pending -> Future.succeededFuture();
  private Supplier<List<WorkerReport>> workers = List::of;
  private boolean isKnown;
  private long lookedForRoom;

  Books(ContextInternal context, Clock clock) {
    this.context = context;
    this.clock = clock;
    journal = Journal.of(context.owner());
    others = new Tally(NameReport.OTHER, clock.nanoTime());
    lookedForRoom = clock.nanoTime() - LOOK_FOR_ROOM_NS;
    endOfTurn = new EndOfTurn(context, () -> isTurn = false);
  }

  /** Has what is pending, and what is known of workers, reported as well. */
  void watch(Open open, Supplier<List<WorkerReport>> workers) {
    this.open = open;
    this.workers = workers;
  }

  /** Whether anything is entered. */
  boolean areOpen() {
    return journal.isOn();
  }

  /** The arguments of an event as they are entered. */
  @Nullable EventArgs kept(EventArgs args) {
    return journal.kept(args);
  }

  /**
   * The time in ns at which a wait ends: that of the first one in this turn, since many end in one,
   * and to read the clock costs as much as all the rest that is entered.
   */
  long now() {
    if (!isTurn) {
      isTurn = true;
      turn = clock.nanoTime();
      endOfTurn.schedule();
    }
    return turn;
  }

  /** A wait has ended. */
  void waitEnded(Course course, Cause cause) {
    tally(course.key().name()).ended(cause, course.ended() - course.since(), course.ended());
    journal.ended(course);
  }

  /** A stream has ended. */
  void streamEnded(Course course) {
    journal.ended(course);
  }

  /** Something happened that does not end a wait. */
  void happened(Step step) {
    journal.notable(step);
  }

  private Tally tally(String name) {
    if (last == null || !last.name().equals(name)) {
      var known = names.get(name);
      last = known != null ? known : add(name);
    }
    return last;
  }

  /** There is something to report from now on. */
  void opened() {
    if (!isKnown) {
      isKnown = true;
      journal.add(this);
    }
  }

  private Tally add(String name) {
    opened();
    var now = clock.nanoTime();
    if (names.size() >= MAX_NAMES && now - lookedForRoom >= LOOK_FOR_ROOM_NS) {
      lookedForRoom = now;
      names.values().removeIf(tally -> tally.isUnused(now - IN_USE_NS));
      last = null;
    }
    if (names.size() >= MAX_NAMES || name.equals(NameReport.OTHER)) {
      return others;
    }
    var tally = new Tally(name, now);
    names.put(name, tally);
    return tally;
  }

  /** Any thread may ask. */
  @Override
  public Future<Report> report() {
    Promise<Report> report = Promise.promise();
    context.runOnContext(
        turn -> {
          var pending = new PendingByName(MAX_NAMES);
          open.count(pending).map(counted -> report(pending)).onComplete(report);
        });
    return report.future();
  }

  private Report report(PendingByName pending) {
    var now = clock.nanoTime();
    var all = new ArrayList<NameReport>();
    if (areOpen()) {
      names.values().forEach(tally -> all.add(tally.report(now)));
      all.add(others.report(now));
      all.addAll(pending.reports(now));
    }
    return new Report(all, workers.get(), List.of());
  }

  /** Is asked no more. */
  void close() {
    journal.remove(this);
  }
}
