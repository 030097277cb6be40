package dev.serverevents.bus;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventKey;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/**
 * One emit, from its making to its end.
 *
 * @param channel where it goes: the event's own channel, an inbox, or that of progress
 * @param receivers its outcome; completed on the context of the caller
 * @param notices where its outcome is told
 */
public record PendingEmit(
    String channel,
    EventKey key,
    Buffer payload,
    EmitOptions options,
    Promise<Integer> receivers,
    Mailbox<Notice> notices) {

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
