package dev.serverevents.internal.hub;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one channel, in the order in which they came. Their keys may differ where they
 * share a channel: {@code a:b}+{@code c}, {@code a}+{@code b:c}.
 */
final class Audience implements ChannelListener {

  /**
   * What all audiences of a verticle share.
   *
   * @param empty called when the last subscriber of an audience has gone
   */
  record Shared(
      Context context,
      Broker broker,
      PayloadDecoder decoder,
      Retrieval retrieval,
      Withheld withheld,
      Consumer<Audience> empty) {}

  private final String channel;
  private final Shared shared;

  /** The subscribers that were confirmed; a {@link SmallSet}. */
  private Set<Subscriber> confirmed = Set.of();

  /** Those that will be when Redis has confirmed the channel; a {@link SmallSet}. */
  private Set<Subscriber> unconfirmed = Set.of();

  /** Begins without subscribers. */
  Audience(String channel, Shared shared) {
    this.channel = channel;
    this.shared = shared;
  }

  String channel() {
    return channel;
  }

  /** Adds those that take an event of a key, until there are so many. */
  void find(EventKey key, int max, List<Subscriber> found) {
    for (var some : List.of(confirmed, unconfirmed)) {
      for (var each : some) {
        if (found.size() >= max) {
          return;
        }
        if (each.takes(key)) {
          found.add(each);
        }
      }
    }
  }

  void add(Subscriber subscriber) {
    if (shared.broker().isConfirmed(channel)) {
      confirmed = SmallSet.with(confirmed, subscriber);
      confirm(subscriber);
    } else {
      unconfirmed = SmallSet.with(unconfirmed, subscriber);
    }
  }

  /** Removes a subscriber, if it is still there. */
  void remove(Subscriber subscriber) {
    if (unconfirmed.contains(subscriber) || confirmed.contains(subscriber)) {
      unconfirmed = SmallSet.without(unconfirmed, subscriber);
      confirmed = SmallSet.without(confirmed, subscriber);
      closeIfEmpty();
    }
  }

  private void closeIfEmpty() {
    if (unconfirmed.isEmpty() && confirmed.isEmpty()) {
      shared.empty().accept(this);
    }
  }

  private List<Subscriber> all() {
    var all = new ArrayList<>(confirmed);
    all.addAll(unconfirmed);
    return all;
  }

  /** Ends all subscribers. */
  Work end(Throwable cause) {
    var ended = all();
    unconfirmed = Set.of();
    confirmed = Set.of();
    closeIfEmpty();
    return Turns.work(ended, each -> each.notices().add(new Notices.Ended(each, cause)));
  }

  /** Ends the subscribers that nothing but their owner ends. */
  void endEndless(Throwable cause) {
    for (var each : all()) {
      if (each.isEndless()) {
        remove(each);
        each.notices().add(new Notices.Ended(each, cause));
      }
    }
  }

  /**
   * After a reconnect, those that were confirmed before are confirmed once more only if they can do
   * something about what they may have missed.
   */
  @Override
  public @Nullable Work confirmed() {
    var concerned = new ArrayList<Subscriber>();
    for (var each : confirmed) {
      if (each.isLasting() || each.retainedKey() != null) {
        concerned.add(each);
      }
    }
    concerned.addAll(unconfirmed);
    if (confirmed.isEmpty()) {
      confirmed = unconfirmed;
    } else {
      for (var each : unconfirmed) {
        confirmed = SmallSet.with(confirmed, each);
      }
    }
    unconfirmed = Set.of();
    return Turns.each(concerned, this::confirm);
  }

  /** A subscriber that takes a kept event is confirmed when that has been looked up. */
  private void confirm(Subscriber subscriber) {
    var epoch = shared.broker().epoch(channel);
    if (epoch == 0) {
      return; // the connection has just broken: Redis will confirm the channel again
    }
    if (subscriber.retainedKey() != null) {
      shared.retrieval().add(subscriber, epoch);
    } else {
      subscriber.notices().add(new Notices.Subscribed(subscriber, epoch));
    }
  }

  /** A subscriber cannot notice this by itself: its connection is still up. */
  @Override
  public void lost() {
    Turns.finish(
        shared.context(), Turns.work(all(), each -> each.notices().add(new Notices.Lost(each))));
  }

  @Override
  public void refused(RefusalException cause) {
    var refused =
        new UnavailableException(
            Cause.REDIS_REFUSED, "Redis refuses to subscribe: " + cause.getMessage(), cause);
    Turns.finish(shared.context(), end(refused));
  }

  @Override
  public @Nullable Work message(String from, Buffer json) {
    var payload = shared.decoder().decode(from, json);
    return payload == null ? null : arrived(payload);
  }

  /** Subscribers that are not lasting are removed: their event ends them. */
  private @Nullable Work arrived(Payload payload) {
    if (unconfirmed.isEmpty() && confirmed.size() == 1) {
      arrived(confirmed.iterator().next(), payload);
      return null;
    }
    var takers = new ArrayList<Subscriber>();
    for (var each : all()) {
      if (each.takes(payload.key())) {
        takers.add(each);
      }
    }
    unconfirmed = SmallSet.withoutAll(unconfirmed, each -> ends(each, payload));
    confirmed = SmallSet.withoutAll(confirmed, each -> ends(each, payload));
    closeIfEmpty();
    return Turns.each(takers, each -> notify(each, payload));
  }

  /** The same for the only subscriber. */
  private void arrived(Subscriber only, Payload payload) {
    if (only.takes(payload.key())) {
      if (!only.isLasting()) {
        confirmed = Set.of();
        closeIfEmpty();
      }
      notify(only, payload);
    }
  }

  private static boolean ends(Subscriber subscriber, Payload payload) {
    return !subscriber.isLasting() && subscriber.takes(payload.key());
  }

  private void notify(Subscriber subscriber, Payload payload) {
    if (!shared.withheld().takes(subscriber, payload)) {
      subscriber.notices().add(new Notices.Arrived(subscriber, payload));
    }
  }
}
