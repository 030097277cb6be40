package dev.serverevents.internal.hub;

import dev.serverevents.UnavailableException;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one channel, in the order in which they came. Their keys may differ where they
 * share a channel: {@code a:b}+{@code c}, {@code a}+{@code b:c}.
 */
final class Audience implements ChannelListener {

  private final String channel;
  private final Broker broker;
  private final Retrieval retrieval;
  private final Withheld withheld;
  private final Consumer<Audience> empty;

  // There is hardly ever more than one, so that one costs little.

  /** Those that do not know yet that the channel is heard. */
  private Set<Subscriber> fresh = Set.of();

  /** Those that do. */
  private Set<Subscriber> told = Set.of();

  /**
   * Creates an empty one.
   *
   * @param empty called when the last subscriber has gone
   */
  Audience(
      String channel,
      Broker broker,
      Retrieval retrieval,
      Withheld withheld,
      Consumer<Audience> empty) {
    this.channel = channel;
    this.broker = broker;
    this.retrieval = retrieval;
    this.withheld = withheld;
    this.empty = empty;
  }

  String channel() {
    return channel;
  }

  void add(Subscriber subscriber) {
    if (broker.isConfirmed(channel)) {
      told = with(told, subscriber);
      confirm(subscriber);
    } else {
      fresh = with(fresh, subscriber);
    }
  }

  /** Does nothing if it has gone already. */
  void remove(Subscriber subscriber) {
    if (fresh.contains(subscriber) || told.contains(subscriber)) {
      fresh = without(fresh, subscriber);
      told = without(told, subscriber);
      closeIfEmpty();
    }
  }

  private static Set<Subscriber> with(Set<Subscriber> set, Subscriber added) {
    if (set.isEmpty()) {
      return Set.of(added);
    }
    var many = set.size() == 1 ? new LinkedHashSet<>(set) : set;
    many.add(added);
    return many;
  }

  private static Set<Subscriber> without(Set<Subscriber> set, Subscriber removed) {
    if (!set.contains(removed)) {
      return set;
    }
    if (set.size() == 1) {
      return Set.of();
    }
    set.remove(removed);
    return set.size() == 1 ? Set.copyOf(set) : set;
  }

  private void closeIfEmpty() {
    if (fresh.isEmpty() && told.isEmpty()) {
      empty.accept(this);
    }
  }

  private List<Subscriber> all() {
    var all = new ArrayList<>(told);
    all.addAll(fresh);
    return all;
  }

  /** Ends all. */
  Work end(Throwable cause) {
    var ended = all();
    fresh = Set.of();
    told = Set.of();
    closeIfEmpty();
    return Turns.work(ended, each -> each.notices().add(new Notices.Ended(each, cause)));
  }

  /** Ends those that nothing but their owner ends. */
  void endEndless(Throwable cause) {
    for (var each : all()) {
      if (each.isEndless()) {
        remove(each);
        each.notices().add(new Notices.Ended(each, cause));
      }
    }
  }

  /** After a reconnect, those are told who may have missed something and can do about it. */
  @Override
  public @Nullable Work confirmed() {
    var concerned = new ArrayList<Subscriber>();
    for (var each : told) {
      if (each.isLasting() || each.retainedKey() != null) {
        concerned.add(each);
      }
    }
    concerned.addAll(fresh);
    if (told.isEmpty()) {
      told = fresh;
    } else {
      for (var each : fresh) {
        told = with(told, each);
      }
    }
    fresh = Set.of();
    return Turns.each(concerned, this::confirm);
  }

  /** One that takes a kept event is confirmed when it has been looked for. */
  private void confirm(Subscriber subscriber) {
    var epoch = broker.epoch(channel);
    if (epoch == 0) {
      return; // it is told after the reconnect
    }
    if (subscriber.retainedKey() != null) {
      retrieval.add(subscriber, epoch);
    } else {
      subscriber.notices().add(new Notices.Subscribed(subscriber, epoch));
    }
  }

  /** A subscriber cannot notice this by itself: its connection is still up. */
  @Override
  public void lost() {
    Turns.finish(
        broker.context(), Turns.work(all(), each -> each.notices().add(new Notices.Lost(each))));
  }

  @Override
  public void refused(RefusalException cause) {
    var refused =
        new UnavailableException("Redis refuses to subscribe: " + cause.getMessage(), cause);
    Turns.finish(broker.context(), end(refused));
  }

  @Override
  public @Nullable Work message(String from, Buffer json) {
    var payload = broker.decode(from, json);
    return payload == null ? null : arrived(payload);
  }

  /** Those that are not lasting are forgotten: their event ends them. */
  private @Nullable Work arrived(Payload payload) {
    if (fresh.isEmpty() && told.size() == 1) {
      arrived(told.iterator().next(), payload);
      return null;
    }
    var takers = new ArrayList<Subscriber>();
    for (var each : all()) {
      if (each.takes(payload.key())) {
        takers.add(each);
      }
    }
    fresh = remaining(fresh, payload);
    told = remaining(told, payload);
    closeIfEmpty();
    return Turns.each(takers, each -> tell(each, payload));
  }

  /** The same for the only one. */
  private void arrived(Subscriber only, Payload payload) {
    if (only.takes(payload.key())) {
      if (!only.isLasting()) {
        told = Set.of();
        closeIfEmpty();
      }
      tell(only, payload);
    }
  }

  private static Set<Subscriber> remaining(Set<Subscriber> set, Payload payload) {
    if (set.size() > 1) {
      set.removeIf(each -> ends(each, payload));
      return set.size() > 1 ? set : Set.copyOf(set);
    }
    return set.stream().anyMatch(each -> ends(each, payload)) ? Set.of() : set;
  }

  private static boolean ends(Subscriber subscriber, Payload payload) {
    return !subscriber.isLasting() && subscriber.takes(payload.key());
  }

  private void tell(Subscriber subscriber, Payload payload) {
    if (!withheld.takes(subscriber, payload)) {
      subscriber.notices().add(new Notices.Arrived(subscriber, payload));
    }
  }
}
