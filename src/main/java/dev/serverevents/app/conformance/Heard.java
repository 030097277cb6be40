package dev.serverevents.app.conformance;

import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Response;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What comes on channels that the runner subscribes. */
final class Heard {

  /** A message, and when it came, in ms of no special time. */
  record Message(String channel, String payload, long at) {}

  private final RedisConnection connection;
  private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

  Heard(RedisConnection connection) {
    this.connection = connection;
  }

  /** Called on the event loop. */
  void received(@Nullable Response push) {
    if (push == null || push.size() != 3) {
      return;
    }
    var channel = push.get(1).toString();
    switch (push.get(0).toString()) {
      case "subscribe" -> confirmed.add(channel);
      case "message" -> {
        var at = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        messages.add(new Message(channel, push.get(2).toString(), at));
      }
      default -> {
        // nothing else concerns it
      }
    }
  }

  void awaitConfirmed(String channel) {
    Check.soon("a subscription", () -> confirmed.contains(channel), () -> channel);
  }

  /** Takes the next message, which must come soon. */
  Message next(String what) {
    var message = poll(Check.PATIENCE);
    if (message == null) {
      throw new FailedException(what, "soon", "nothing was published");
    }
    return message;
  }

  /** Takes the next message, which must be this one. */
  void next(String what, String channel, String payload, int texts) {
    var message = next(what);
    Check.equal("the channel of " + what, channel, message.channel());
    Check.payload(what, payload, message.payload(), texts);
  }

  /** Takes the next message; null if none comes in time. */
  @Nullable Message poll(long ms) {
    try {
      return messages.poll(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Nothing must come for a moment. */
  void nothing(String what) {
    var message = poll(QUIET);
    if (message != null) {
      throw new FailedException(what, "nothing", message.channel() + " " + message.payload());
    }
  }

  private static final long QUIET = 300;

  /** Takes messages until one begins so. */
  Message until(String what, String start) {
    while (true) {
      var message = next(what);
      if (message.payload().startsWith(start)) {
        return message;
      }
    }
  }

  /** Subscribes nothing more. */
  void close() {
    connection.close();
  }
}
