package dev.serverevents.internal.hub;

import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Looks up kept events for subscribers: once for all that ask for an event in one turn. Used on the
 * verticle's context only.
 */
final class Retrieval {

  /** A subscriber, and the connection on which it was heard before. */
  private record Asking(Subscriber subscriber, long epoch) {}

  private final Context context;
  private final Broker broker;
  private final BiConsumer<Subscriber, Throwable> refused;
  private Map<EventKey, List<Asking>> asked = new LinkedHashMap<>();

  /**
   * Creates one.
   *
   * @param refused called with a subscriber for which Redis does not look it up
   */
  Retrieval(Context context, Broker broker, BiConsumer<Subscriber, Throwable> refused) {
    this.context = context;
    this.broker = broker;
    this.refused = refused;
  }

  /** Looks up what is kept for a subscriber that is heard on a connection. */
  void add(Subscriber subscriber, long epoch) {
    if (asked.isEmpty()) {
      context.runOnContext(end -> send());
    }
    asked
        .computeIfAbsent(Objects.requireNonNull(subscriber.retainedKey()), key -> new ArrayList<>())
        .add(new Asking(subscriber, epoch));
  }

  private void send() {
    var now = asked;
    asked = new LinkedHashMap<>();
    now.forEach(this::lookUp);
  }

  private void lookUp(EventKey key, List<Asking> all) {
    var isDated = all.stream().anyMatch(asking -> asking.subscriber.isRequest());
    broker
        .lookUp(key, isDated, () -> all.stream().anyMatch(asking -> !asking.subscriber.hasEnded()))
        .onSuccess(
            kept ->
                Turns.forEach(
                    context,
                    all,
                    asking ->
                        asking
                            .subscriber
                            .notices()
                            .add(new Notices.LookedUp(asking.subscriber, asking.epoch, kept))))
        .onFailure(
            cause ->
                Turns.forEach(context, all, asking -> refused.accept(asking.subscriber, cause)));
  }
}
