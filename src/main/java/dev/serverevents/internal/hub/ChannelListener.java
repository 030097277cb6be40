package dev.serverevents.internal.hub;

import dev.serverevents.internal.loop.Work;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Who needs a channel. */
public interface ChannelListener {
  /**
   * Redis has confirmed the subscription.
   *
   * @return what is left to do about it before the next message is handled, or null
   */
  @Nullable Work confirmed();

  /** It is heard no more, though the connection is up; it will be confirmed again. */
  void lost();

  /** Redis refuses the channel; it is no longer wanted here. */
  void refused(RefusalException cause);

  /**
   * A message came.
   *
   * @return what is left to do about it before the next message is handled, or null
   */
  @Nullable Work message(String channel, Buffer payload);
}
