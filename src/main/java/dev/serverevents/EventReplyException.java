package dev.serverevents;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/**
 * What a request to {@code server-events.on}, {@code .emit} or {@code .stream} on the event bus
 * fails with. It is a {@link ReplyException} whose failure code is the status, and knows besides
 * why.
 */
public final class EventReplyException extends ReplyException implements Cause.Known {

  private static final long serialVersionUID = 1L;

  private final Cause why;
  private final Timeline timeline;

  /** With the status, and with what a {@link ServerEventsException} says as well. */
  public EventReplyException(int status, @Nullable String message, Cause why, Timeline timeline) {
    super(ReplyFailure.RECIPIENT_FAILURE, status, message, true);
    this.why = why;
    this.timeline = timeline;
  }

  /** Why it failed. */
  @Override
  public Cause cause() {
    return why;
  }

  /** What became of the wait or the stream that it ended, as far as that is known. */
  public Timeline timeline() {
    return timeline;
  }
}
