package dev.serverevents;

import io.vertx.core.VertxException;
import org.jspecify.annotations.Nullable;

/** What a Future of {@link ServerEvents} fails with. It has no stack trace: it is control flow. */
public abstract sealed class ServerEventsException extends VertxException implements Cause.Known
    permits EventFailureException,
        EventTimeoutException,
        IdempotencyException,
        IncompleteException,
        InvalidInputException,
        NoWorkerException,
        QuotaException,
        UnavailableException,
        WaitCancelledException,
        WorkerLostException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final Cause why;
  private final Timeline timeline;

  ServerEventsException(int status, Cause why, String message, @Nullable Throwable behind) {
    this(status, why, message, behind, Timeline.UNKNOWN);
  }

  ServerEventsException(
      int status, Cause why, String message, @Nullable Throwable behind, Timeline timeline) {
    super(message, behind, true);
    this.status = status;
    this.why = why;
    this.timeline = timeline;
  }

  /** The HTTP status that fits: the response's status, and the failure code on the event bus. */
  public int status() {
    return status;
  }

  /** Why it failed. ({@link #getCause()} is the error behind it, if there is one.) */
  @Override
  public final Cause cause() {
    return why;
  }

  /** What became of the wait or the stream that it ended, as far as that is known. */
  public final Timeline timeline() {
    return timeline;
  }

  /**
   * The same with another time line, since one failure can end many waits. One that ends no wait
   * stays without.
   */
  public ServerEventsException at(Timeline timeline) {
    return this;
  }
}
