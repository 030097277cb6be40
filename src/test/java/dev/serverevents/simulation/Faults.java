package dev.serverevents.simulation;

import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.memory.Published;
import dev.serverevents.simulation.Facts.Fault;
import dev.serverevents.simulation.Facts.FaultKind;
import org.jspecify.annotations.Nullable;

/** Has faults happen, and notes when they did. */
final class Faults {

  private final MemoryRedis redis;
  private final Facts facts;
  private final Trace trace;
  private @Nullable Published lost;

  Faults(MemoryRedis redis, Facts facts, Trace trace) {
    this.redis = redis;
    this.facts = facts;
    this.trace = trace;
  }

  void begin(FaultKind kind) {
    facts.faults.add(new Fault(kind, trace.now()));
  }

  private void end(FaultKind kind) {
    facts.faults.stream()
        .filter(fault -> fault.kind == kind && fault.to == null)
        .forEach(fault -> fault.to = trace.now());
  }

  void down() {
    if (!redis.isDown()) {
      begin(FaultKind.DOWN);
      redis.down();
    }
  }

  /** Connections are made again: at once, or at their next attempts. */
  void up(boolean isAtOnce) {
    end(FaultKind.DOWN);
    redis.up();
    if (isAtOnce) {
      redis.reconnect();
    }
  }

  void gapBegins() {
    begin(FaultKind.GAP);
    redis.gapBegins();
  }

  void gapEnds() {
    redis.gapEnds();
    end(FaultKind.GAP);
  }

  void slow(long ms) {
    begin(FaultKind.SLOW);
    facts.slowest = Math.max(facts.slowest, ms);
    redis.slow(ms);
    if (ms == 0) {
      end(FaultKind.SLOW);
    }
  }

  void refuse(@Nullable String error) {
    if (error == null) {
      end(FaultKind.REFUSING);
    } else {
      begin(FaultKind.REFUSING);
    }
    redis.refuse(error);
  }

  void loseNext() {
    redis.loseNext(
        published -> {
          begin(FaultKind.LOSS);
          lost = published;
          return true;
        });
  }

  /** Whether this very message was lost. */
  @SuppressWarnings("ReferenceEquality") // an equal one may have come
  boolean hasLost(Published published) {
    return published == lost;
  }

  /** Mends all that is wrong. */
  void heal() {
    redis.loseNext(published -> false);
    refuse(null);
    slow(0);
    gapEnds();
    up(true);
  }
}
