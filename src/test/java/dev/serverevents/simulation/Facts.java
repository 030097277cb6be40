package dev.serverevents.simulation;

import dev.serverevents.Cause;
import dev.serverevents.Timeline;
import dev.serverevents.internal.wire.EventKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was asked for, and what came of it. */
final class Facts {

  Facts() {}

  /** How a request's job is done. Times are in ms; -1 is never. */
  record Plan(
      int worker,
      long takeAfter,
      long answerAfter,
      boolean isFailure,
      long againAfter,
      boolean failsToHandOver) {}

  /** A wait, a request or a stream. */
  static final class Wait {
    final int index;
    final EventKey key;
    final long timeout;
    final boolean isRetained;
    final boolean isStream;
    boolean isRequest;
    boolean isDirect;
    boolean isWatching;
    boolean needsWorker;
    boolean canStall;
    @Nullable Plan plan;

    @Nullable Moment began;
    @Nullable Moment heard;
    @Nullable Moment cancelled;
    @Nullable Moment ended;
    int outcomes;
    Cause cause = Cause.RESULT;
    String how = "";
    int number = -1;
    Timeline timeline = Timeline.UNKNOWN;

    /** Where its direct reply, and claims of its job, go to. */
    @Nullable String inbox;

    /** What came of a stream: the numbers of progress and results, in their order. */
    final List<Integer> seen = new ArrayList<>();

    /** When the worker took the job, and when it had done it. */
    @Nullable Moment taken;

    @Nullable Moment done;

    /** When it last published that it has it, unless that was lost. */
    @Nullable Moment claimed;

    Wait(int index, EventKey key, long timeout, boolean isRetained, boolean isStream) {
      this.index = index;
      this.key = key;
      this.timeout = timeout;
      this.isRetained = isRetained;
      this.isStream = isStream;
    }

    long deadline() {
      return began.ns() + timeout * Moment.NS_PER_MS;
    }

    /** What was asked for, as text. */
    String asked() {
      return "wait %d:%s%s%s%s%s%s on %s for %d ms%s"
          .formatted(
              index,
              isStream ? " a stream" : "",
              isRetained ? " retained" : "",
              isDirect ? " direct" : "",
              isWatching ? " watching" : "",
              needsWorker ? " needing a worker" : "",
              canStall ? " impatient" : "",
              key,
              timeout,
              plan == null ? "" : ", " + plan);
    }

    boolean hasEvent() {
      return cause == Cause.RESULT || cause == Cause.FAILURE;
    }

    @Override
    public String toString() {
      return "wait %d on %s (began %s, heard %s, ended %s by %s %s)"
          .formatted(index, key, began, heard, ended, cause, how);
    }
  }

  /** An emit by way of the API. */
  static final class Emitted {
    final int number;
    final EventKey key;
    final long retain;
    final @Nullable String idempotency;
    @Nullable Moment began;
    @Nullable Moment ended;
    int outcomes;
    Cause cause = Cause.RESULT;

    Emitted(int number, EventKey key, long retain, @Nullable String idempotency) {
      this.number = number;
      this.key = key;
      this.retain = retain;
      this.idempotency = idempotency;
    }

    @Override
    public String toString() {
      return "emit %d of %s (began %s, ended %s by %s)".formatted(number, key, began, ended, cause);
    }
  }

  /** What was wrong for a while, and until when; it is on while the end is null. */
  static final class Fault {
    final FaultKind kind;
    final Moment from;
    @Nullable Moment to;

    Fault(FaultKind kind, Moment from) {
      this.kind = kind;
      this.from = from;
    }
  }

  enum FaultKind {
    /** The connection that subscribes is broken. */
    GAP,
    /** All connections are broken. */
    DOWN,
    /** Redis refuses commands. */
    REFUSING,
    /** Commands and deliveries take a while. */
    SLOW,
    /** A message was lost. */
    LOSS,
    /** The verticle drains. */
    DRAIN
  }

  /** All facts of a run. */
  final Map<Integer, Wait> waits = new TreeMap<>();

  final Map<Integer, Emitted> emits = new TreeMap<>();
  final List<SimulatedEvent> publications = new ArrayList<>();
  final List<Fault> faults = new ArrayList<>();

  /** When which worker has died, or stood still. */
  final Map<Integer, Moment> deaths = new TreeMap<>();

  final Map<Integer, Moment> freezes = new TreeMap<>();

  int workers;

  /** How long a command or a delivery took at most, in ms. */
  long slowest;
}
