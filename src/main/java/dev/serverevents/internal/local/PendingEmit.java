package dev.serverevents.internal.local;

import dev.serverevents.EmitOptions;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.buffer.Buffer;

/**
 * One emit, from its making to its end. Like a {@link Subscriber} it is an identity to the
 * verticle, and its notices call {@link #emitted} or {@link #failed} on the context of the
 * ServerEvents that it belongs to.
 */
public interface PendingEmit {

  /** Where it goes: the event's own channel, an inbox, or that of progress. */
  String channel();

  /** The name and the id of the event. */
  EventKey key();

  /** What is published. */
  Buffer payload();

  /** How it is emitted. */
  EmitOptions options();

  /** Where its outcome is told. */
  Mailbox<Notice> notices();

  /** Redis has published it. */
  void emitted(int receivers);

  /** It was not published, or nobody knows. */
  void failed(Throwable cause);
}
