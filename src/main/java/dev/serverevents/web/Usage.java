package dev.serverevents.web;

import dev.serverevents.internal.journal.LimitReport;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.settings.QuotaSettings;
import dev.serverevents.internal.settings.Setting;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one client has at present, or all clients together have. */
final class Usage {

  /** The kinds of things that a client holds a permit for. */
  enum Kind {
    /** A wait that is pending. */
    WAITS,
    /** A stream, or a socket. */
    STREAMS,
    /** A question that all servers are being asked. */
    QUESTIONS;

    /** The setting that limits how many a client may hold. */
    Setting<Long> of(QuotaSettings settings) {
      return switch (this) {
        case WAITS -> settings.waits();
        case STREAMS -> settings.streams();
        case QUESTIONS -> settings.questions();
      };
    }
  }

  /** From this part on, a limit is near. */
  private static final double NEAR = 0.8;

  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  /** The end of a retention is noted to an eighth of its length. */
  private static final int EIGHTH = 3;

  private final Clock clock;
  private final Map<Kind, Long> held = new EnumMap<>(Kind.class);

  /** When as many emits as there were would be due at the rate, by the clock, in ns. */
  private long emitsDue;

  /** How many bytes are kept, by the time in ms until which they are. */
  private final TreeMap<Long, Long> kept = new TreeMap<>();

  private long keptBytes;

  /** What limits it, which is known once something was asked for. */
  private @Nullable QuotaOptions quotas;

  Usage(Clock clock) {
    this.clock = clock;
    emitsDue = clock.nanoTime();
  }

  long held(Kind kind) {
    return held.getOrDefault(kind, 0L);
  }

  void add(Kind kind, long count) {
    held.merge(kind, count, Long::sum);
  }

  /** Whether one more emit is within a rate, with as many at once as it has in a second. */
  boolean hasRoomForEmit(long perSecond) {
    return due(perSecond) - clock.nanoTime() <= SECOND_NS;
  }

  void addEmit(long perSecond) {
    emitsDue = due(perSecond);
  }

  private long due(long perSecond) {
    var now = clock.nanoTime();
    return (emitsDue - now > 0 ? emitsDue : now) + SECOND_NS / perSecond;
  }

  /** How many bytes are kept now. */
  long keptBytes() {
    forget();
    return keptBytes;
  }

  /** After how many seconds fewer are kept, at least 1. */
  long fewerKeptAfter() {
    var ms = kept.isEmpty() ? 0 : kept.firstKey() - clock.currentTimeMillis();
    return Math.max(1, TimeUnit.MILLISECONDS.toSeconds(ms) + 1);
  }

  /** Notes bytes that are kept for so many ms. */
  void keep(long bytes, long ms) {
    if (bytes > 0) {
      var step = Math.max(1, Long.highestOneBit(ms) >> EIGHTH);
      var until = ((clock.currentTimeMillis() + ms) / step + 1) * step;
      kept.merge(until, bytes, Long::sum);
      keptBytes += bytes;
    }
  }

  private void forget() {
    var over = kept.headMap(clock.currentTimeMillis(), true);
    over.values().forEach(bytes -> keptBytes -= bytes);
    over.clear();
  }

  /** Is limited by these quotas from now on. */
  void limit(QuotaOptions quotas) {
    this.quotas = quotas;
  }

  /** Tells the limits that are near: those of a client, or of all together where it is null. */
  void tellNear(@Nullable String client, Consumer<LimitReport> to) {
    var limits = quotas;
    if (limits != null) {
      var settings = limits.settings();
      BiConsumer<Setting<Long>, Long> tell =
          (setting, used) -> {
            if (used >= limits.get(setting) * NEAR) {
              to.accept(new LimitReport(setting.path(), used, limits.get(setting), client));
            }
          };
      for (var kind : Kind.values()) {
        tell.accept(kind.of(settings), held(kind));
      }
      tell.accept(settings.emits(), burst(limits.getEmits()));
      tell.accept(settings.retained(), keptBytes());
    }
  }

  /** How many of the emits that may come at once have come, and are not yet due at the rate. */
  private long burst(long perSecond) {
    return Math.max(0, emitsDue - clock.nanoTime()) * perSecond / SECOND_NS;
  }

  /** Whether nothing is held or kept, so that it need not be remembered. */
  boolean isNothing() {
    return held.values().stream().allMatch(count -> count == 0)
        && emitsDue - clock.nanoTime() <= 0
        && keptBytes() == 0;
  }
}
