package dev.serverevents;

import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
import dev.serverevents.bus.Pending;
import dev.serverevents.bus.Turns;
import dev.serverevents.redis.MalformedPayloadException;
import dev.serverevents.redis.RedisStores;
import dev.serverevents.redis.WireFormat;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a verticle listens: the waits of each channel that it subscribes, and those of each key that
 * its inbox may bring. Used on the verticle's context only.
 */
final class Interests implements Interest.Owner {

  private final RedisStores stores;
  private final Outbox<Notice> outbox;
  private final LimitsOptions limits;
  private final DroppedPayloads dropped;
  private final Map<String, Interest> channels = new HashMap<>();
  private final Map<EventKey, Interest> direct = new HashMap<>();
  private final EarlyReplies early = new EarlyReplies();
  private int waits;
  private Runnable idleHandler = () -> {};

  Interests(
      RedisStores stores, Outbox<Notice> outbox, LimitsOptions limits, DroppedPayloads dropped) {
    this.stores = stores;
    this.outbox = outbox;
    this.limits = limits;
    this.dropped = dropped;
  }

  /**
   * Adds a wait: on its event's channel, which the first one subscribes, or on the inbox.
   *
   * @param epoch the number of the connection on which its user knows that it is heard, or 0
   */
  void listen(Pending wait, long epoch) {
    if (waits >= limits.getPendingWaits()) {
      var full = "%d waits are pending already (limits.pendingWaits)".formatted(waits);
      outbox.send(wait.user(), new Notice.Ended(wait, new UnavailableException(full)));
      return;
    }
    waits++;
    if (wait.direct()) {
      attend(wait, epoch);
    } else {
      subscribe(wait);
    }
  }

  private void subscribe(Pending wait) {
    var channel = wait.channel();
    var interest = channels.computeIfAbsent(channel, this::subscribe);
    interest.add(wait, 0);
    if (stores.isConfirmed(channel)) {
      interest.confirmed(wait);
    }
  }

  /** The inbox is subscribed, and the reply may have come already. */
  private void attend(Pending wait, long epoch) {
    var heard = stores.inboxEpoch();
    var interest = direct.computeIfAbsent(wait.key(), this::attend);
    interest.add(wait, epoch == heard ? epoch : 0);
    if (epoch != 0 && epoch != heard) {
      outbox.send(wait.user(), new Notice.Lost(wait));
    }
    var reply = early.take(wait.key(), wait.since());
    if (reply != null) {
      interest.arrived(reply);
    } else if (heard != 0) {
      interest.confirmed(wait);
    }
  }

  /** Takes a wait away that has ended. The last one of a channel unsubscribes it. */
  void leave(Pending wait) {
    var interest = wait.direct() ? direct.get(wait.key()) : channels.get(wait.channel());
    if (interest != null) {
      interest.remove(wait);
    }
  }

  /** Takes a message of the inbox. */
  void replied(Payload reply) {
    var interest = direct.get(reply.key());
    if (interest != null) {
      interest.arrived(reply);
    } else {
      early.add(reply);
    }
  }

  /** The inbox is heard, for the first time or again. */
  void inboxConfirmed(Context context) {
    Turns.forEach(context, direct.values(), Interest::confirmed);
  }

  /** The inbox is heard no more, but will be. */
  void inboxLost(Context context) {
    Turns.forEach(context, direct.values(), Interest::lost);
  }

  /** Ends those that draining cannot wait for. */
  Future<Void> endEndless(Context context, Throwable cause) {
    return Turns.forEach(context, channels.values(), interest -> interest.endEndless(cause));
  }

  /** Ends every wait. */
  Future<Void> endAll(Context context, Throwable cause) {
    return Turns.forEach(context, channels.values(), interest -> interest.end(cause))
        .compose(v -> Turns.forEach(context, direct.values(), interest -> interest.end(cause)));
  }

  /** Calls a handler when no wait is left, at once if none is now. */
  void whenIdle(Runnable handler) {
    idleHandler = handler;
    tellIfIdle();
  }

  @Override
  public @Nullable Payload decode(String channel, Buffer json) {
    try {
      return WireFormat.decode(json, limits.getPayloadIn());
    } catch (MalformedPayloadException malformed) {
      dropped.add(channel, malformed);
      return null;
    }
  }

  @Override
  public void left() {
    waits--;
    tellIfIdle();
  }

  private Interest subscribe(String channel) {
    var interest = new Interest(this, stores, outbox, () -> unsubscribe(channel));
    stores.subscribe(channel, interest);
    return interest;
  }

  private void unsubscribe(String channel) {
    channels.remove(channel);
    stores.unsubscribe(channel);
  }

  private Interest attend(EventKey key) {
    return new Interest(this, stores, outbox, () -> direct.remove(key));
  }

  private void tellIfIdle() {
    if (waits == 0) {
      idleHandler.run();
    }
  }
}
