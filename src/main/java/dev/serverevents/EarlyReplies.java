package dev.serverevents;

import dev.serverevents.redis.WireFormat.Payload;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Replies that nobody waits for yet. A job is handed over as soon as its wait is on its way to the
 * verticle, so a fast worker's reply can overtake it, by an event-loop turn or two; it stays here
 * for that long. What is late, because its wait has ended, is soon forgotten.
 */
final class EarlyReplies {

  private static final long KEPT_NS = 1_000_000_000L;
  private static final int MAX_COUNT = 1_000;
  private static final int MAX_BYTES = 16 << 20;

  private record Early(Payload reply, long at) {}

  private final Deque<Early> replies = new ArrayDeque<>();
  private int bytes;

  void add(Payload reply) {
    replies.add(new Early(reply, System.nanoTime()));
    bytes += reply.args().length();
    while (replies.size() > MAX_COUNT || bytes > MAX_BYTES) {
      forgetOldest();
    }
  }

  /** Takes the reply of a key that came after a time: one from before was not meant for it. */
  @Nullable Payload take(EventKey key, long since) {
    var now = System.nanoTime();
    while (!replies.isEmpty() && now - replies.element().at > KEPT_NS) {
      forgetOldest();
    }
    for (var all = replies.iterator(); all.hasNext(); ) {
      var early = all.next();
      if (early.at - since >= 0 && early.reply.key().equals(key)) {
        all.remove();
        bytes -= early.reply.args().length();
        return early.reply;
      }
    }
    return null;
  }

  private void forgetOldest() {
    bytes -= replies.remove().reply.args().length();
  }
}
