package dev.serverevents;

import dev.serverevents.bus.Command;
import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
import dev.serverevents.redis.MalformedPayloadException;
import dev.serverevents.redis.Subscriptions;
import dev.serverevents.redis.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a verticle subscribes: the waits of each channel. A message is matched here, by the name and
 * id in its payload. Used on the verticle's context only.
 */
final class Interests {

  private static final Logger LOG = LoggerFactory.getLogger(Interests.class);
  private static final long LOG_INTERVAL_NS = 10_000_000_000L;

  private final Subscriptions subscriptions;
  private final Outbox<Notice> outbox;
  private final Map<String, Interest> channels = new HashMap<>();
  private volatile long dropped;
  private long lastLogged = System.nanoTime() - LOG_INTERVAL_NS;

  Interests(Subscriptions subscriptions, Outbox<Notice> outbox) {
    this.subscriptions = subscriptions;
    this.outbox = outbox;
  }

  /** Adds a wait. The first one of a channel subscribes it. */
  void listen(String user, Command.Listen listen) {
    var channel = listen.key().channel();
    var interest = channels.get(channel);
    if (interest == null) {
      interest = new Interest(channel);
      channels.put(channel, interest);
      subscriptions.subscribe(channel, interest);
    }
    interest.waiters.put(new Waiter(user, listen.number()), listen.key());
    if (subscriptions.isConfirmed(channel)) {
      outbox.send(user, new Notice.Subscribed(listen.number()));
    }
  }

  /** Takes a wait away that has ended. The last one of a channel unsubscribes it. */
  void leave(String user, Command.Leave leave) {
    var interest = channels.get(leave.key().channel());
    if (interest != null) {
      interest.waiters.remove(new Waiter(user, leave.number()));
      interest.endIfUnused();
    }
  }

  /** Ends every wait. */
  void endAll(Throwable cause) {
    channels.values().forEach(interest -> interest.tell(wait -> new Notice.Ended(wait, cause)));
    channels.keySet().forEach(subscriptions::unsubscribe);
    channels.clear();
  }

  /** How many messages were dropped because they are not events. */
  long dropped() {
    return dropped;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void drop(String channel, MalformedPayloadException cause) {
    dropped++;
    var now = System.nanoTime();
    if (now - lastLogged >= LOG_INTERVAL_NS) {
      lastLogged = now;
      LOG.warn(
          "Dropped a payload on channel \"{}\": {} ({} dropped so far)",
          channel,
          cause.getMessage(),
          dropped);
    }
  }

  /** One wait, as its user numbers it. */
  private record Waiter(String user, long number) {}

  /**
   * The waits of one channel. Their keys may differ: {@code a:b}+{@code c}, {@code a}+{@code b:c}.
   */
  private final class Interest implements Subscriptions.Listener {
    final String channel;
    final Map<Waiter, EventKey> waiters = new LinkedHashMap<>();

    Interest(String channel) {
      this.channel = channel;
    }

    @Override
    public void confirmed() {
      tell(Notice.Subscribed::new);
    }

    @Override
    public void refused(Throwable cause) {
      var ended = new UnavailableException("Redis refuses to subscribe: " + cause.getMessage());
      tell(wait -> new Notice.Ended(wait, ended));
      channels.remove(channel);
    }

    @Override
    public void message(Buffer json) {
      try {
        var payload = WireFormat.decode(json);
        var key = new EventKey(payload.name(), payload.id());
        waiters
            .entrySet()
            .removeIf(
                waiter -> {
                  var matches = waiter.getValue().equals(key);
                  if (matches) {
                    var args = EventArgs.ofJson(payload.args());
                    var wait = waiter.getKey();
                    outbox.send(wait.user(), new Notice.Arrived(wait.number(), args));
                  }
                  return matches;
                });
        endIfUnused();
      } catch (MalformedPayloadException malformed) {
        drop(channel, malformed);
      }
    }

    void tell(LongFunction<Notice> notice) {
      waiters.keySet().forEach(waiter -> outbox.send(waiter.user(), notice.apply(waiter.number())));
    }

    void endIfUnused() {
      if (waiters.isEmpty() && channels.remove(channel, this)) {
        subscriptions.unsubscribe(channel);
      }
    }
  }
}
