package dev.serverevents.internal.redis;

import dev.serverevents.Cause;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.redis.connection.Heartbeat;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.subscribe.SubscribeConnection;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An inbox of the verticle's own, on which the pings of heartbeats are heard. */
final class PingInbox implements ChannelListener {

  /** Reads what came on a channel; gives null if that is no event. */
  interface Decoder extends BiFunction<String, Buffer, @Nullable Payload> {}

  private final String channel;
  private final Resources resources;
  private final SubscribeConnection connection;
  private final Decoder decoder;
  private final Supplier<Stream<Heartbeat>> heartbeats;

  /**
   * Creates one that is not subscribed yet.
   *
   * @param heartbeats those that ping it
   */
  PingInbox(
      String channel,
      Resources resources,
      SubscribeConnection connection,
      Decoder decoder,
      Supplier<Stream<Heartbeat>> heartbeats) {
    this.channel = channel;
    this.resources = resources;
    this.connection = connection;
    this.decoder = decoder;
    this.heartbeats = heartbeats;
  }

  String channel() {
    return channel;
  }

  void subscribe() {
    connection.subscriptions().subscribe(channel, this);
  }

  void unsubscribe() {
    connection.subscriptions().unsubscribe(channel);
  }

  /** Whether pings to it are heard. */
  boolean isHeard() {
    return connection.hears(channel);
  }

  @Override
  public @Nullable Work confirmed() {
    heartbeats.get().forEach(Heartbeat::start);
    resources.listener().up(Store.OUTPUT_STORE);
    return null;
  }

  @Override
  public void lost() {
    // its slot is another master's: another inbox is chosen when it is known whose
  }

  @Override
  public void refused(RefusalException cause) {
    var refused =
        new UnavailableException(
            Cause.REDIS_REFUSED,
            "Redis refuses to subscribe %s: %s".formatted(channel, cause.getMessage()),
            cause);
    resources.listener().inboxRefused(refused);
    subscribe();
    connection.connection().drop(refused);
  }

  @Override
  public @Nullable Work message(String from, Buffer json) {
    var payload = decoder.apply(from, json);
    if (payload != null) {
      heartbeats.get().forEach(heartbeat -> heartbeat.message(payload));
    }
    return null;
  }
}
