package dev.serverevents;

/** The caller cancelled the wait (499, a status that no client is left to read). */
public final class WaitCancelledException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  /** With what cancelled it. */
  public WaitCancelledException(String message) {
    super(499, message, null);
  }
}
