package dev.serverevents;

import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
import dev.serverevents.bus.Pending;
import dev.serverevents.redis.RedisStores;
import dev.serverevents.redis.Subscriptions;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** How much of a wait the verticle has told its user. */
  private static final class Told {

    /** The connection on which the user knows that the wait is heard, or 0. */
    long epoch;

    /** What came last for one that goes on; it is not told again when it is found as retained. */
    @Nullable Payload last;

    Told(long epoch) {
      this.epoch = epoch;
    }
  }

  private final Owner owner;
  private final Runnable unused;
  private final RedisStores stores;
  private final Outbox<Notice> outbox;

  /** In the order of their making. There is hardly ever more than one, so that one costs little. */
  private Map<Pending, Told> waits = Map.of();

  /**
   * Creates one without waits.
   *
   * @param unused called when the last wait has ended
   */
  Interest(Owner owner, RedisStores stores, Outbox<Notice> outbox, Runnable unused) {
    this.owner = owner;
    this.unused = unused;
    this.stores = stores;
    this.outbox = outbox;
  }

  /**
   * Adds a wait.
   *
   * @param epoch the number of the connection on which its user knows that it is heard, or 0
   */
  void add(Pending wait, long epoch) {
    if (waits.isEmpty()) {
      waits = Map.of(wait, new Told(epoch));
      return;
    }
    if (waits.size() == 1) {
      waits = new LinkedHashMap<>(waits);
    }
    waits.put(wait, new Told(epoch));
  }

  /** Takes a wait away; does nothing if it has ended already. */
  void remove(Pending wait) {
    if (!waits.containsKey(wait)) {
      return;
    }
    if (waits.size() == 1) {
      waits = Map.of();
      unused.run();
    } else {
      waits.remove(wait);
    }
    owner.left();
  }

  /** Ends all waits. */
  void end(Throwable cause) {
    List.copyOf(waits.keySet()).forEach(wait -> end(wait, new Notice.Ended(wait, cause)));
  }

  @Override
  public void confirmed() {
    waits.forEach(this::confirmed);
  }

  /** Who waits cannot tell by itself: the connection on which it was heard is still up. */
  @Override
  public void lost() {
    waits.keySet().forEach(wait -> outbox.send(wait.user(), new Notice.Lost(wait)));
  }

  /** Ends those that nothing but their owner ends. */
  void endEndless(Throwable cause) {
    List.copyOf(waits.keySet()).stream()
        .filter(Pending::endless)
        .forEach(wait -> end(wait, new Notice.Ended(wait, cause)));
  }

  /** Tells one wait's user that it is heard, if it does not know. */
  void confirmed(Pending wait) {
    var told = waits.get(wait);
    if (told != null) {
      confirmed(wait, told);
    }
  }

  /**
   * A retained wait is confirmed only when it has looked for what it may have missed. Who goes on
   * after an event is told of each connection, since it may have missed one in between.
   */
  private void confirmed(Pending wait, Told told) {
    if (wait.retained()) {
      lookUp(wait, epoch(wait));
    } else if (told.epoch == 0 || wait.lasting()) {
      told.epoch = epoch(wait);
      outbox.send(wait.user(), new Notice.Subscribed(wait, told.epoch));
    }
  }

  /** The number of the connection on which it is heard now. */
  private long epoch(Pending wait) {
    return wait.direct() ? stores.inboxEpoch() : stores.epoch(wait.channel());
  }

  private void lookUp(Pending wait, long epoch) {
    var channel = wait.channel();
    stores
        .lookUp(channel)
        .onSuccess(
            found ->
                lookedUp(wait, epoch, found.map(json -> owner.decode(channel, json)).orElse(null)))
        .onFailure(
            refused -> {
              if (waits.containsKey(wait)) {
                end(wait, new Notice.Ended(wait, refused));
              }
            });
  }

  private void lookedUp(Pending wait, long epoch, @Nullable Payload found) {
    var told = waits.get(wait);
    if (told == null) {
      return;
    }
    var isOurs = found != null && wait.key().equals(found.key()) && !found.equals(told.last);
    var event = isOurs ? found : null;
    if (epoch == epoch(wait) && (event == null || wait.lasting())) {
      outbox.send(wait.user(), new Notice.Subscribed(wait, epoch));
    }
    if (event != null) {
      arrived(wait, told, event, event.args());
    }
  }

  @Override
  public void refused(Throwable cause) {
    end(new UnavailableException("Redis refuses to subscribe: " + cause.getMessage(), cause));
  }

  @Override
  public void message(String channel, Buffer json) {
    var payload = owner.decode(channel, json);
    if (payload != null) {
      arrived(payload);
    }
  }

  /** Ends the waits of an event's key with it. */
  void arrived(Payload payload) {
    var args = payload.args();
    for (var entry : List.copyOf(waits.entrySet())) {
      if (entry.getKey().key().equals(payload.key())) {
        arrived(entry.getKey(), entry.getValue(), payload, args);
        args = args.copy();
      }
    }
  }

  private void arrived(Pending wait, Told told, Payload payload, EventArgs args) {
    var failure = wait.progress() ? null : payload.failure();
    var notice = failure == null ? new Notice.Arrived(wait, args) : new Notice.Ended(wait, failure);
    if (wait.lasting()) {
      told.last = payload;
      outbox.send(wait.user(), notice);
    } else {
      end(wait, notice);
    }
  }

  private void end(Pending wait, Notice notice) {
    outbox.send(wait.user(), notice);
    remove(wait);
  }
}
