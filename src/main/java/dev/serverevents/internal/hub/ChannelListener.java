package dev.serverevents.internal.hub;

import dev.serverevents.internal.loop.Work;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A listener to one channel. */
public interface ChannelListener {
  /**
   * Redis has confirmed the subscription.
   *
   * @return what is left to do about it before the next message is handled, or null
   */
  @Nullable Work confirmed();

  /** The channel is heard no more, though the connection is up; it will be confirmed again. */
  void lost();

  /** Redis refuses the channel, which is not subscribed any more. */
  void refused(RefusalException cause);

  /**
   * A message came on the channel.
   *
   * @return what is left to do about it before the next message is handled, or null
   */
  @Nullable Work message(String channel, Buffer payload);
}
