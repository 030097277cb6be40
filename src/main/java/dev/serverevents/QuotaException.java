package dev.serverevents;

/** A client of the HTTP side has as much as one may have (429): try again later. */
public final class QuotaException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  private final long retryAfter;

  /**
   * With what it has too much of and the setting that says so, and for how many seconds to wait.
   */
  public QuotaException(String message, long retryAfter) {
    super(429, message, null);
    this.retryAfter = retryAfter;
  }

  /** After how many seconds it is worth trying again, at least 1. */
  public long retryAfter() {
    return retryAfter;
  }
}
