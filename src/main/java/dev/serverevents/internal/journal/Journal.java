package dev.serverevents.internal.journal;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one server, which is one Vert.x, remembers of what happened to events. Any thread may use
 * it.
 *
 * <p>There are two rings of the same size. In one is what went as it should; as that is much, it
 * would soon take the room of what did not, which is in the other.
 */
public final class Journal implements Shareable {

  private static final String KEY = "journal";

  /** How many bytes the arguments of an event have at most that are kept. */
  private static final int MAX_PAYLOAD = 1 << 12;

  /** The two rings, whose size is that of the settings. */
  private record Rings(int steps, boolean payloads, Ring<Entry> regular, Ring<Entry> notable) {
    Rings(int steps, boolean payloads) {
      this(steps, payloads, new Ring<>(steps - steps / 2), new Ring<>(Math.max(1, steps / 2)));
    }
  }

  private final String server = UUID.randomUUID().toString();
  private final long started;
  private final Set<Source> sources = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Rings rings;

  private Journal(long started) {
    this.started = started;
  }

  /** The journal of a Vert.x. */
  public static Journal of(Vertx vertx) {
    LocalMap<String, Journal> shared = vertx.sharedData().getLocalMap("server-events.journal");
    return shared.computeIfAbsent(KEY, key -> new Journal(Clocks.of(vertx).nanoTime()));
  }

  /** What tells this server from all others. */
  public String server() {
    return server;
  }

  /** Since when there has been something to remember, a time of the clock in ns. */
  public long started() {
    return started;
  }

  /**
   * Remembers so many steps from now on, and none of those before unless it is the same number.
   *
   * @param steps how many, or 0 for none
   * @param payloads whether the arguments of events are kept
   */
  public synchronized void keep(int steps, boolean payloads) {
    var before = rings;
    if (steps == 0) {
      rings = null;
    } else if (before == null || before.steps != steps || before.payloads != payloads) {
      rings = new Rings(steps, payloads);
    }
  }

  /** Whether anything is remembered. */
  public boolean isOn() {
    return rings != null;
  }

  /** The arguments as they are to be remembered: null unless payloads are kept, or if too large. */
  public @Nullable EventArgs kept(@Nullable EventArgs args) {
    var now = rings;
    return now != null && now.payloads && args != null && args.bytes() <= MAX_PAYLOAD ? args : null;
  }

  /** Remembers what went as it should. */
  public void regular(Entry entry) {
    var now = rings;
    if (now != null) {
      now.regular.add(entry);
    }
  }

  /** Remembers what did not, or what concerns many. */
  public void notable(Entry entry) {
    var now = rings;
    if (now != null) {
      now.notable.add(entry);
    }
  }

  /** Remembers how a wait or a stream ended. */
  public void ended(Course course) {
    if (course.cause() == Cause.RESULT) {
      regular(course);
    } else {
      notable(course);
    }
  }

  /** All that is remembered of an event, and what concerns all events. */
  public List<Entry> of(EventKey key) {
    var now = rings;
    var found = new ArrayList<Entry>();
    if (now != null) {
      for (var ring : List.of(now.regular, now.notable)) {
        ring.forEach(
            entry -> {
              if (entry.key() == null || key.equals(entry.key())) {
                found.add(entry);
              }
            });
      }
    }
    return found;
  }

  /** The waits that ended last for a cause: so many at most. */
  public List<Course> last(Cause cause, int max) {
    var now = rings;
    var found = new ArrayDeque<Course>();
    if (now != null) {
      now.notable.forEach(
          entry -> {
            if (entry instanceof Course course && course.cause() == cause) {
              found.add(course);
              if (found.size() > max) {
                found.remove();
              }
            }
          });
    }
    return List.copyOf(found);
  }

  /** Has somebody asked for an overview. */
  public void add(Source source) {
    sources.add(source);
  }

  /** Has it asked no more. */
  public void remove(Source source) {
    sources.remove(source);
  }

  /** All that can be asked for an overview. */
  public Set<Source> sources() {
    return Set.copyOf(sources);
  }
}
