package dev.serverevents;

import io.vertx.core.VertxException;
import org.jspecify.annotations.Nullable;

/** What a Future of {@link ServerEvents} fails with. It has no stack trace: it is control flow. */
public abstract sealed class ServerEventsException extends VertxException
    permits EventFailureException,
        EventTimeoutException,
        IdempotencyException,
        IncompleteException,
        InvalidInputException,
        QuotaException,
        UnavailableException,
        WaitCancelledException {

  private static final long serialVersionUID = 1L;

  private final int status;

  ServerEventsException(int status, String message, @Nullable Throwable cause) {
    super(message, cause, true);
    this.status = status;
  }

  /** The HTTP status that fits: the response's status, and the failure code on the event bus. */
  public int status() {
    return status;
  }
}
