package dev.serverevents;

import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
import dev.serverevents.redis.RedisStores;
import dev.serverevents.redis.Subscriptions;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The waits that one channel, or one key of the inbox, is listened to for. Their keys may differ
 * where they share a channel: {@code a:b}+{@code c}, {@code a}+{@code b:c}.
 */
final class Interest implements Subscriptions.Listener {

  /** What an interest asks of those who keep it. */
  interface Owner {
    /** Reads what came on a channel; null if it is no event. */
    @Nullable Payload decode(String channel, Buffer json);

    /** A wait has ended. */
    void left();
  }

  /** Who waits, and how it numbers the wait. */
  record Waiter(String user, long number) {}

  private static final class Wait {
    final EventKey key;
    final boolean retained;
    long epoch;

    Wait(EventKey key, boolean retained, long epoch) {
      this.key = key;
      this.retained = retained;
      this.epoch = epoch;
    }
  }

  private final String channel;
  private final Owner owner;
  private final Runnable unused;
  private final RedisStores stores;
  private final Outbox<Notice> outbox;
  private final Map<Waiter, Wait> waiting = new LinkedHashMap<>(2);

  /**
   * Creates one without waits.
   *
   * @param channel the events' own, which names what is retained
   * @param unused called when the last wait has ended
   */
  Interest(
      String channel, Owner owner, RedisStores stores, Outbox<Notice> outbox, Runnable unused) {
    this.channel = channel;
    this.owner = owner;
    this.unused = unused;
    this.stores = stores;
    this.outbox = outbox;
  }

  /**
   * Adds a wait.
   *
   * @param epoch the number of the connection that its user knows to listen, or 0
   */
  void add(Waiter waiter, EventKey key, boolean retained, long epoch) {
    waiting.put(waiter, new Wait(key, retained, epoch));
  }

  /** Takes a wait away; does nothing if it has ended already. */
  void remove(Waiter waiter) {
    if (waiting.remove(waiter) != null) {
      if (waiting.isEmpty()) {
        unused.run();
      }
      owner.left();
    }
  }

  /** Ends all waits. */
  void end(Throwable cause) {
    List.copyOf(waiting.keySet())
        .forEach(waiter -> end(waiter, new Notice.Ended(waiter.number(), cause)));
  }

  @Override
  public void confirmed() {
    waiting.forEach(this::confirmed);
  }

  /** Tells one wait's user that it is heard, if it does not know. */
  void confirmed(Waiter waiter) {
    var wait = waiting.get(waiter);
    if (wait != null) {
      confirmed(waiter, wait);
    }
  }

  /** A retained wait is confirmed only when it has looked for what it may have missed. */
  private void confirmed(Waiter waiter, Wait wait) {
    if (wait.retained) {
      lookUp(waiter, wait, stores.epoch());
    } else if (wait.epoch == 0) {
      wait.epoch = stores.epoch();
      outbox.send(waiter.user(), new Notice.Subscribed(waiter.number(), wait.epoch));
    }
  }

  private void lookUp(Waiter waiter, Wait wait, long epoch) {
    stores
        .retained()
        .lookUp(channel)
        .onSuccess(found -> lookedUp(waiter, wait, epoch, found))
        .onFailure(
            refused -> {
              if (waiting.get(waiter) == wait) {
                end(waiter, new Notice.Ended(waiter.number(), refused));
              }
            });
  }

  private void lookedUp(Waiter waiter, Wait wait, long epoch, Optional<Buffer> found) {
    if (waiting.get(waiter) != wait) {
      return;
    }
    var payload = found.map(json -> owner.decode(channel, json)).orElse(null);
    if (payload != null && wait.key.equals(payload.key())) {
      end(waiter, outcome(waiter, payload));
    } else if (epoch == stores.epoch()) {
      outbox.send(waiter.user(), new Notice.Subscribed(waiter.number(), epoch));
    }
  }

  @Override
  public void refused(Throwable cause) {
    end(new UnavailableException("Redis refuses to subscribe: " + cause.getMessage(), cause));
  }

  @Override
  public void message(Buffer json) {
    var payload = owner.decode(channel, json);
    if (payload != null) {
      arrived(payload);
    }
  }

  /** Ends the waits of an event's key with it. */
  void arrived(Payload payload) {
    var key = payload.key();
    var matching = new ArrayList<Waiter>(1);
    waiting.forEach(
        (waiter, wait) -> {
          if (wait.key.equals(key)) {
            matching.add(waiter);
          }
        });
    matching.forEach(waiter -> end(waiter, outcome(waiter, payload)));
  }

  private void end(Waiter waiter, Notice notice) {
    outbox.send(waiter.user(), notice);
    remove(waiter);
  }

  private static Notice outcome(Waiter waiter, Payload payload) {
    var failure = payload.failure();
    return failure == null
        ? new Notice.Arrived(waiter.number(), EventArgs.ofJson(payload.args()))
        : new Notice.Ended(waiter.number(), failure);
  }
}
