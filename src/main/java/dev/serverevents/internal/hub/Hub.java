package dev.serverevents.internal.hub;

import dev.serverevents.Cause;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The audience of each channel, which hears what Redis publishes there. Used on the verticle's
 * context only.
 */
final class Hub {

  private final Context context;
  private final Broker broker;
  private final Audience.Shared shared;
  private final Retrieval retrieval;
  private final Withheld withheld;
  private final Map<String, Audience> audiences = new HashMap<>();

  /** The inboxes are few, and have to know at once when they are not heard. */
  private final Set<Subscriber> inboxes = new LinkedHashSet<>();

  /** The subscribers that wait for the same proof, which may be very many. */
  private final Map<Future<Long>, List<Subscriber>> settling = new HashMap<>();

  Hub(Context context, Broker broker, PayloadDecoder decoder) {
    this.context = context;
    this.broker = broker;
    retrieval = new Retrieval(context, broker, this::end);
    withheld = new Withheld(context);
    shared = new Audience.Shared(context, broker, decoder, retrieval, withheld, this::close);
  }

  /** Adds a subscriber to the audience of its channel, which the first one subscribes. */
  void listen(Subscriber subscriber) {
    if (subscriber.isInbox()) {
      inboxes.add(subscriber);
    }
    audiences.computeIfAbsent(subscriber.channel(), this::open).add(subscriber);
  }

  private Audience open(String channel) {
    var audience = new Audience(channel, shared);
    broker.subscribe(channel, audience);
    return audience;
  }

  /** The last subscriber of a channel has gone. */
  private void close(Audience audience) {
    audiences.remove(audience.channel());
    broker.unsubscribe(audience.channel());
  }

  /** Takes a subscriber away that has ended; does nothing if it is not there any more. */
  void leave(Subscriber subscriber) {
    inboxes.remove(subscriber);
    var audience = audiences.get(subscriber.channel());
    if (audience != null) {
      audience.remove(subscriber);
    }
  }

  /** Finds those that take an event of a key, or know who does: so many at most. */
  List<Subscriber> find(EventKey key, int max) {
    var found = new ArrayList<Subscriber>();
    var audience = audiences.get(key.channel());
    if (audience != null) {
      audience.find(key, max, found);
    }
    for (var inbox : inboxes) {
      if (found.size() < max && inbox.takes(key)) {
        found.add(inbox);
      }
    }
    return found;
  }

  /** Looks up what is kept for a subscriber that has an inbox in the place of a channel. */
  void lookUp(Subscriber subscriber) {
    var epoch = broker.epoch(subscriber.channel());
    if (epoch != 0) { // else it asks again when its inbox is heard
      retrieval.add(subscriber, epoch);
    }
  }

  /** Notifies a subscriber once it has been given all that was published before now. */
  void settle(Subscriber subscriber) {
    var proof = broker.settle(subscriber.channel());
    var others = settling.get(proof);
    if (others != null) {
      others.add(subscriber);
      return;
    }
    var asked = new ArrayList<>(List.of(subscriber));
    settling.put(proof, asked);
    proof.onComplete(known -> settled(proof, asked));
  }

  private void settled(Future<Long> proof, List<Subscriber> asked) {
    settling.remove(proof);
    var epoch = proof.succeeded() ? proof.result() : 0L;
    var why = proof.cause() instanceof Cause.Known ? proof.cause() : null;
    Turns.forEach(
        context,
        asked,
        each -> {
          withheld.release(each);
          each.notices().add(new Notices.Settled(each, epoch, why));
        });
  }

  /** A connection that subscribes is gone. */
  void disconnected() {
    for (var inbox : inboxes) {
      if (broker.epoch(inbox.channel()) == 0) {
        inbox.notices().add(new Notices.Lost(inbox));
      }
    }
  }

  /** Ends the subscribers that draining cannot wait for. */
  Future<Void> endEndless(Throwable cause) {
    return Turns.forEach(context, audiences.values(), audience -> audience.endEndless(cause));
  }

  /** Ends all subscribers. */
  Future<Void> endAll(Throwable cause) {
    return Turns.forEach(
        context, audiences.values(), audience -> Turns.finish(context, audience.end(cause)));
  }

  private void end(Subscriber subscriber, Throwable cause) {
    leave(subscriber);
    subscriber.notices().add(new Notices.Ended(subscriber, cause));
  }
}
