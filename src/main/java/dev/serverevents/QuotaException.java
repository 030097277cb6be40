package dev.serverevents;

/**
 * A client of the HTTP side has as much as one may have (429), or all of them together have as much
 * as all may have (503): try again later.
 */
public final class QuotaException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  private final long retryAfter;

  /**
   * Creates one.
   *
   * @param status 429 for one client, 503 for all together
   * @param message what there is too much of, and the setting that says so
   * @param retryAfter for how many seconds to wait
   */
  public QuotaException(int status, String message, long retryAfter) {
    super(status, Cause.LIMIT, message, null);
    this.retryAfter = retryAfter;
  }

  /** After how many seconds it is worth trying again, at least 1. */
  public long retryAfter() {
    return retryAfter;
  }
}
