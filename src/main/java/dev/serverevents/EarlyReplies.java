package dev.serverevents;

import dev.serverevents.redis.WireFormat.Payload;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replies that nobody waits for yet. A job is handed over as soon as its wait is on its way to the
 * verticle, so a fast worker's reply can overtake it, by an event-loop turn or two; it stays here
 * for that long. What is late, because its wait has ended, is soon forgotten.
 */
final class EarlyReplies {

  private static final long KEPT_NS = 1_000_000_000L;
  private static final int MAX_COUNT = 10_000;
  private static final int MAX_BYTES = 16 << 20;

  private record Early(Payload reply, long at) {
    int bytes() {
      return reply.args().bytes();
    }
  }

  /** The oldest first. */
  private final Map<EventKey, Early> replies = new LinkedHashMap<>();

  private int bytes;

  void add(Payload reply) {
    var early = new Early(reply, System.nanoTime());
    remove(reply.key());
    replies.put(reply.key(), early);
    bytes += early.bytes();
    forgetOld(early.at);
  }

  /** Takes the reply of a key that came after a time: one from before was not meant for it. */
  @Nullable Payload take(EventKey key, long since) {
    var early = replies.get(key);
    if (early == null) {
      return null;
    }
    remove(key);
    return early.at - since >= 0 ? early.reply : null;
  }

  private void remove(EventKey key) {
    var removed = replies.remove(key);
    if (removed != null) {
      bytes -= removed.bytes();
    }
  }

  private void forgetOld(long now) {
    var oldest = replies.values().iterator();
    while (oldest.hasNext()) {
      var early = oldest.next();
      if (now - early.at < KEPT_NS && replies.size() <= MAX_COUNT && bytes <= MAX_BYTES) {
        return;
      }
      oldest.remove();
      bytes -= early.bytes();
    }
  }
}
