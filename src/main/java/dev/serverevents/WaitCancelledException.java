package dev.serverevents;

/** The wait was cancelled by whoever made it (499, a status nobody is there to read). */
public final class WaitCancelledException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  /** With what cancelled it. */
  public WaitCancelledException(String message) {
    super(499, message, null);
  }
}
