package dev.serverevents;

import dev.serverevents.bus.Command;
import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
import dev.serverevents.bus.Turns;
import dev.serverevents.redis.MalformedPayloadException;
import dev.serverevents.redis.RedisStores;
import dev.serverevents.redis.Subscriptions;
import dev.serverevents.redis.WireFormat;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a verticle subscribes: the waits of each channel. A message is matched here, by the name and
 * id in its payload. Used on the verticle's context only.
 */
final class Interests {

  private final RedisStores stores;
  private final Outbox<Notice> outbox;
  private final LimitsOptions limits;
  private final DroppedPayloads dropped;
  private final Map<String, Interest> channels = new HashMap<>();
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
    if (waits >= limits.getPendingWaits()) {
      var full = "%d waits are pending already (limits.pendingWaits)".formatted(waits);
      outbox.send(user, new Notice.Ended(listen.number(), new UnavailableException(full)));
      return;
    }
    waits++;
    var channel = listen.key().channel();
    var interest = channels.get(channel);
    if (interest == null) {
      interest = new Interest(channel);
      channels.put(channel, interest);
      stores.subscriptions().subscribe(channel, interest);
    }
    interest.add(new Waiter(user, listen.number()), new Wait(listen.key(), listen.retained()));
  }

  /** Takes a wait away that has ended. The last one of a channel unsubscribes it. */
  void leave(String user, Command.Leave leave) {
    var interest = channels.get(leave.key().channel());
    if (interest != null) {
      interest.remove(new Waiter(user, leave.number()));
    }
  }

  /** Ends every wait. */
  Future<Void> endAll(Context context, Throwable cause) {
    return Turns.forEach(context, channels.values(), interest -> interest.end(cause));
  }

  /** Calls a handler when no wait is left, at once if none is now. */
  void whenIdle(Runnable handler) {
    idleHandler = handler;
    tellIfIdle();
  }

  private void tellIfIdle() {
    if (waits == 0) {
      idleHandler.run();
    }
  }

  /** Who waits, and how it numbers the wait. */
  private record Waiter(String user, long number) {}

  private static final class Wait {
    final EventKey key;
    final boolean retained;
    boolean confirmed;

    Wait(EventKey key, boolean retained) {
      this.key = key;
      this.retained = retained;
    }
  }

  /**
   * The waits of one channel. Their keys may differ: {@code a:b}+{@code c}, {@code a}+{@code b:c}.
   */
  private final class Interest implements Subscriptions.Listener {
    final String channel;
    final Map<Waiter, Wait> waiting = new LinkedHashMap<>(2);

    Interest(String channel) {
      this.channel = channel;
    }

    void add(Waiter waiter, Wait wait) {
      waiting.put(waiter, wait);
      if (stores.subscriptions().isConfirmed(channel)) {
        confirmed(waiter, wait);
      }
    }

    void remove(Waiter waiter) {
      if (waiting.remove(waiter) != null) {
        waits--;
        if (waiting.isEmpty()) {
          channels.remove(channel);
          stores.subscriptions().unsubscribe(channel);
        }
        tellIfIdle();
      }
    }

    void end(Waiter waiter, Notice notice) {
      outbox.send(waiter.user(), notice);
      remove(waiter);
    }

    void end(Throwable cause) {
      List.copyOf(waiting.keySet())
          .forEach(waiter -> end(waiter, new Notice.Ended(waiter.number(), cause)));
    }

    @Override
    public void confirmed() {
      waiting.forEach(this::confirmed);
    }

    /** A retained wait is confirmed only when it has looked for what it may have missed. */
    private void confirmed(Waiter waiter, Wait wait) {
      if (wait.retained) {
        lookUp(waiter, wait, stores.epoch());
      } else if (!wait.confirmed) {
        wait.confirmed = true;
        outbox.send(waiter.user(), new Notice.Subscribed(waiter.number(), stores.epoch()));
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
      var payload = found.map(this::decode).orElse(null);
      if (payload != null && wait.key.equals(new EventKey(payload.name(), payload.id()))) {
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
      var payload = decode(json);
      if (payload != null) {
        var key = new EventKey(payload.name(), payload.id());
        var matching = new ArrayList<Waiter>(1);
        waiting.forEach(
            (waiter, wait) -> {
              if (wait.key.equals(key)) {
                matching.add(waiter);
              }
            });
        matching.forEach(waiter -> end(waiter, outcome(waiter, payload)));
      }
    }

    private @Nullable Payload decode(Buffer json) {
      try {
        return WireFormat.decode(json, limits.getPayloadIn());
      } catch (MalformedPayloadException malformed) {
        dropped.add(channel, malformed);
        return null;
      }
    }

    private static Notice outcome(Waiter waiter, Payload payload) {
      var failure = payload.failure();
      return failure == null
          ? new Notice.Arrived(waiter.number(), EventArgs.ofJson(payload.args()))
          : new Notice.Ended(waiter.number(), failure);
    }
  }
}
