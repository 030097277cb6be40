package dev.serverevents.internal.local;

import dev.serverevents.EmitOptions;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.buffer.Buffer;

/**
 * One emit, from its making to its end. Like a {@link Subscriber}, an emit is an identity to the
 * verticle, and its notices call {@link #emitted} or {@link #failed} on the context of the
 * ServerEvents that it belongs to.
 */
public interface PendingEmit {

  /** The channel that it is published on: that of the event, of its progress, or an inbox. */
  String channel();

  /** The name and the id of the event. */
  EventKey key();

  /** The payload that is published. */
  Buffer payload();

  /** The options of the caller. */
  EmitOptions options();

  /** The mailbox that its notice goes to. */
  Mailbox<Notice> notices();

  /** Whether it is no event of a user's, so that no metrics count it. */
  default boolean isSignal() {
    return false;
  }

  /** Redis has published the event. */
  void emitted(int receivers);

  /** The event was not published, or it is not known whether it was. */
  void failed(Throwable cause);
}
