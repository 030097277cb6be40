package dev.serverevents.internal.hub;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Watcher;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.loop.Turns;
import io.vertx.core.Context;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells watchers whether anybody subscribes their channels. All channels are asked for in one
 * question a second, and those of new watchers at once. Used on the verticle's context only.
 *
 * <p>Who loses a connection makes another one in a moment, and must not be taken for gone
 * meanwhile. So a channel that was subscribed counts as left only when a second answer, a little
 * later, says so as well. And after what may have hit everybody, such as a restart of Redis, a
 * failover, or the move of a slot, all others are given some time to come back.
 */
final class Presence {

  private static final long INTERVAL_MS = 1_000;

  /** So long it takes until a channel is asked for again of which the answer is in doubt. */
  private static final long DOUBT_MS = 250;

  private static final long DOUBT_NS = TimeUnit.MILLISECONDS.toNanos(DOUBT_MS - 50);

  /** So long it may take others to connect again after a disturbance. */
  private static final long DISTURBANCE_NS = TimeUnit.SECONDS.toNanos(3);

  private enum State {
    UNKNOWN,
    SUBSCRIBED,
    LEFT
  }

  /** A channel that is watched. */
  private static final class Watched {

    /** A {@link SmallSet}. */
    Set<Watcher> watchers = Set.of();

    /** The watchers that are told even if nothing has changed; a {@link SmallSet}. */
    Set<Watcher> asking = Set.of();

    State state = State.UNKNOWN;

    /** Whether somebody is known to have subscribed it. */
    boolean isExpected;

    /** Since when answers have said that nobody subscribes it, which is in doubt; or 0. */
    long doubtedSince;

    /** Whether it is news that nobody subscribes it. */
    boolean isTakenForSubscribed() {
      return state == State.SUBSCRIBED || (state == State.UNKNOWN && isExpected);
    }
  }

  private final Context context;
  private final Broker broker;
  private final Clock clock;
  private final Map<String, Watched> channels = new HashMap<>();
  private final EndOfTurn askNow;
  private Set<String> askedNext = new HashSet<>();
  private Set<String> inDoubt = new HashSet<>();
  private long interval = -1;
  private long doubt = -1;
  private long disturbed;

  Presence(Context context, Broker broker) {
    this.context = context;
    this.broker = broker;
    clock = Clocks.of(context.owner());
    disturbed = clock.nanoTime() - DISTURBANCE_NS;
    askNow = new EndOfTurn(context, this::askNow);
  }

  /** Watches the channel of a watcher; one that watches it already is told once more. */
  void watch(Watcher watcher) {
    var watched = channels.computeIfAbsent(watcher.channel(), channel -> new Watched());
    watched.watchers = SmallSet.with(watched.watchers, watcher);
    watched.asking = SmallSet.with(watched.asking, watcher);
    watched.isExpected |= watcher.isExpected();
    if (interval < 0) {
      interval = clock.setPeriodic(context, INTERVAL_MS, timer -> ask(channels.keySet()));
    }
    askedNext.add(watcher.channel());
    askNow.schedule();
  }

  /** Has a watcher told no more. */
  void unwatch(Watcher watcher) {
    var watched = channels.get(watcher.channel());
    if (watched == null) {
      return;
    }
    watched.watchers = SmallSet.without(watched.watchers, watcher);
    watched.asking = SmallSet.without(watched.asking, watcher);
    if (watched.watchers.isEmpty()) {
      remove(watcher.channel());
    }
  }

  private void remove(String channel) {
    channels.remove(channel);
    if (channels.isEmpty()) {
      close();
    }
  }

  /** Something has happened after which others may be away for a while. */
  void disturbed() {
    disturbed = clock.nanoTime();
  }

  /** Asks no more. */
  void close() {
    clock.cancel(interval);
    clock.cancel(doubt);
    interval = -1;
    inDoubt.clear();
  }

  private void askNow() {
    var now = askedNext;
    askedNext = new HashSet<>();
    ask(now);
  }

  private void ask(Collection<String> asked) {
    var known = asked.stream().filter(channels::containsKey).toList();
    if (known.isEmpty()) {
      return;
    }
    broker
        .countSubscribers(known)
        .onSuccess(counts -> answered(known, counts))
        .onFailure(
            cause -> {
              if (cause instanceof RefusalException refusal) {
                known.forEach(channel -> refused(channel, refusal));
              } // else it is asked again at the next interval
            });
  }

  private void answered(List<String> asked, List<Long> counts) {
    for (var i = 0; i < asked.size(); i++) {
      var watched = channels.get(asked.get(i));
      long count = counts.get(i);
      if (watched != null && count > 0) {
        subscribed(asked.get(i), watched);
      } else if (watched != null && count == 0) {
        notSubscribed(asked.get(i), watched);
      }
    }
  }

  /** A channel that is new is asked for soon again: its subscriber may be just about to leave. */
  private void subscribed(String channel, Watched watched) {
    watched.doubtedSince = 0;
    if (watched.state == State.UNKNOWN) {
      askAgain(channel);
    }
    tell(watched, State.SUBSCRIBED);
  }

  private void notSubscribed(String channel, Watched watched) {
    var now = clock.nanoTime();
    var since = watched.doubtedSince;
    if (now - disturbed < DISTURBANCE_NS) {
      askAgain(channel);
    } else if (!watched.isTakenForSubscribed() || (since != 0 && now - since >= DOUBT_NS)) {
      watched.doubtedSince = 0;
      tell(watched, State.LEFT);
    } else {
      watched.doubtedSince = since == 0 ? now : since;
      askAgain(channel);
    }
  }

  private void askAgain(String channel) {
    if (inDoubt.isEmpty()) {
      doubt = clock.setTimer(context, DOUBT_MS, timer -> askInDoubt());
    }
    inDoubt.add(channel);
  }

  private void askInDoubt() {
    var now = inDoubt;
    inDoubt = new HashSet<>();
    ask(now);
  }

  private void tell(Watched watched, State now) {
    var told = watched.state == now ? watched.asking : watched.watchers;
    watched.state = now;
    watched.asking = Set.of();
    Turns.forEach(
        context,
        told,
        watcher -> watcher.notices().add(new Notices.Present(watcher, now == State.SUBSCRIBED)));
  }

  private void refused(String channel, RefusalException cause) {
    var watched = channels.get(channel);
    if (watched == null) {
      return;
    }
    remove(channel);
    var refused =
        new UnavailableException(
            Cause.REDIS_REFUSED,
            "Redis refuses to tell who subscribes (PUBSUB NUMSUB): " + cause.getMessage(),
            cause);
    Turns.forEach(
        context,
        watched.watchers,
        watcher -> watcher.notices().add(new Notices.NotWatched(watcher, refused)));
  }
}
