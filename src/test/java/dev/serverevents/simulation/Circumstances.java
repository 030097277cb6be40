package dev.serverevents.simulation;

import dev.serverevents.simulation.Facts.Fault;
import dev.serverevents.simulation.Facts.FaultKind;
import java.util.List;

/** What was wrong when, as far as it excuses how waits end. Times are in ns. */
final class Circumstances {

  /** So long it takes until a connection is made again, at its next attempt. */
  private static final long RETRY_MS = 1_050;

  /** How many commands and deliveries it takes at most until all is subscribed and looked up. */
  private static final long HOPS = 8;

  private static final List<FaultKind> BREAKS = List.of(FaultKind.GAP, FaultKind.DOWN);

  private final Facts facts;

  Circumstances(Facts facts) {
    this.facts = facts;
  }

  static long ns(long ms) {
    return ms * Moment.NS_PER_MS;
  }

  /** How long a delivery takes at most, or a command. */
  long latency() {
    return ns(facts.slowest + 1);
  }

  private long recovery() {
    return ns(RETRY_MS) + HOPS * latency();
  }

  /**
   * Whether connections were broken, or not yet all made again, at any time from one to another.
   */
  boolean isBroken(long from, long to) {
    return facts.faults.stream()
        .filter(fault -> BREAKS.contains(fault.kind))
        .anyMatch(fault -> fault.from.ns() <= to && end(fault) + recovery() >= from);
  }

  /** Whether a connection broke after one moment and before a time. */
  boolean breaks(Moment after, long before) {
    return facts.faults.stream()
        .filter(fault -> BREAKS.contains(fault.kind))
        .anyMatch(fault -> after.isBefore(fault.from) && fault.from.ns() < before);
  }

  /** When the last connection that broke before a time was there again for sure; or 0. */
  long recovered(long before) {
    return facts.faults.stream()
        .filter(fault -> BREAKS.contains(fault.kind) && fault.from.ns() <= before)
        .mapToLong(fault -> end(fault) + recovery())
        .max()
        .orElse(0);
  }

  /** Whether something happened before the last break before a time was over. */
  boolean isBeforeRecovery(Moment event, long before) {
    return facts.faults.stream()
        .filter(fault -> BREAKS.contains(fault.kind) && fault.from.ns() <= before)
        .anyMatch(fault -> fault.to == null || event.isBefore(fault.to));
  }

  /** Whether something of a kind was wrong at any time up to a moment. */
  boolean hasBeen(FaultKind kind, Moment until) {
    return facts.faults.stream()
        .anyMatch(fault -> fault.kind == kind && fault.from.isBefore(until));
  }

  /** Whether something of a kind was wrong at any time from one moment to another. */
  boolean was(FaultKind kind, Moment from, Moment to) {
    return facts.faults.stream()
        .filter(fault -> fault.kind == kind)
        .anyMatch(
            fault -> fault.from.isBefore(to) && (fault.to == null || end(fault) >= from.ns()));
  }

  private static long end(Fault fault) {
    return fault.to == null ? Long.MAX_VALUE / 2 : fault.to.ns();
  }
}
