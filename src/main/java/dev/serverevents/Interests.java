package dev.serverevents;

import dev.serverevents.Interest.Waiter;
import dev.serverevents.bus.Command;
import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
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

  /** Adds a wait. The first one of a channel subscribes it. */
  void listen(String user, Command.Listen listen) {
    var waiter = new Waiter(user, listen.number());
    if (isFull(waiter)) {
      return;
    }
    var channel = listen.key().channel();
    var interest = channels.computeIfAbsent(channel, this::subscribe);
    interest.add(waiter, listen.key(), listen.retained(), 0);
    if (stores.subscriptions().isConfirmed(channel)) {
      interest.confirmed(waiter);
    }
  }

  /** Adds a wait for a reply on the inbox, which may have come already. */
  void listen(String user, Command.ListenDirect listen) {
    var waiter = new Waiter(user, listen.number());
    if (isFull(waiter)) {
      return;
    }
    var key = listen.key();
    var interest = direct.computeIfAbsent(key, this::attend);
    var sinceSeen = listen.epoch() == stores.epoch() ? listen.epoch() : 0;
    interest.add(waiter, key, listen.retained(), sinceSeen);
    var reply = early.take(key, listen.since());
    if (reply != null) {
      interest.arrived(reply);
    } else if (stores.epoch() != 0) {
      interest.confirmed(waiter);
    }
  }

  /** Takes a wait away that has ended. The last one of a channel unsubscribes it. */
  void leave(String user, Command.Leave leave) {
    var interest = leave.direct() ? direct.get(leave.key()) : channels.get(leave.key().channel());
    if (interest != null) {
      interest.remove(new Waiter(user, leave.number()));
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

  private boolean isFull(Waiter waiter) {
    if (waits < limits.getPendingWaits()) {
      waits++;
      return false;
    }
    var full = "%d waits are pending already (limits.pendingWaits)".formatted(waits);
    outbox.send(waiter.user(), new Notice.Ended(waiter.number(), new UnavailableException(full)));
    return true;
  }

  private Interest subscribe(String channel) {
    var interest = new Interest(channel, this, stores, outbox, () -> unsubscribe(channel));
    stores.subscriptions().subscribe(channel, interest);
    return interest;
  }

  private void unsubscribe(String channel) {
    channels.remove(channel);
    stores.subscriptions().unsubscribe(channel);
  }

  private Interest attend(EventKey key) {
    return new Interest(key.channel(), this, stores, outbox, () -> direct.remove(key));
  }

  private void tellIfIdle() {
    if (waits == 0) {
      idleHandler.run();
    }
  }
}
