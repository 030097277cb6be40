package dev.serverevents;

/**
 * An idempotency key was used for another event, arguments or retention (422), or its first emit is
 * still under way here (409). Nothing was emitted.
 */
public final class IdempotencyException extends ServerEventsException {

  private static final long serialVersionUID = 1L;
  private static final int UNPROCESSABLE_CONTENT = 422;
  private static final int CONFLICT = 409;

  private IdempotencyException(int status, String key, String why) {
    super(status, Cause.CONFLICT, "The idempotency key \"%s\" %s".formatted(key, why), null);
  }

  /** The key was used for something else. */
  public static IdempotencyException differs(String key) {
    return new IdempotencyException(
        UNPROCESSABLE_CONTENT, key, "was used within a day to emit something else");
  }

  /** The key's first emit is still under way. */
  public static IdempotencyException inProgress(String key) {
    return new IdempotencyException(CONFLICT, key, "belongs to an emit that is still under way");
  }
}
